import { BadgeCheck, Check, TriangleAlert } from 'lucide-react';
import type { Parity } from '#common/contract/app/installing.ts';
import { words } from '../../copy/index.ts';
import { count } from '../../ui/format.ts';

type Row = Parity['rows'][number];

/** The certificate: same questions, same text, same answers. */
export function ParityCard({ parity }: { readonly parity: Parity }) {
  const agrees = parity.verdict === 'agrees';
  return (
    <section className="card" aria-labelledby="parity">
      <div className="cert">
        <div className={`seal ${agrees ? '' : 'warn'}`}>
          {agrees ? <BadgeCheck className="icon" aria-hidden /> : <TriangleAlert className="icon" aria-hidden />}
        </div>
        <h2 id="parity" className="big">
          {words.install.verdicts[parity.verdict]}
        </h2>
        <p className="small dim">
          {parity.words} {words.install.parityWhy}
        </p>
      </div>
      <table className="table ruled-top">
        <thead>
          <tr>
            <th scope="col">{words.install.question}</th>
            <th scope="col">{words.install.text}</th>
            <th scope="col" className="num">
              {words.install.tokens}
            </th>
            <th scope="col">{words.install.answer}</th>
          </tr>
        </thead>
        <tbody>
          {parity.rows.map((row) => (
            <tr key={row.prompt}>
              <td>{row.prompt}</td>
              <td>
                <Same same={row.ollamaText === undefined ? null : row.ollamaText === row.appText} />
              </td>
              <td className="num">{count(row.appTokens)}</td>
              <td>
                <Same
                  same={sameAnswer(row)}
                  {...(row.sameAnswer === false && row.logprobsAgree === true ? { label: words.install.close } : {})}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function sameAnswer(row: Row): boolean | null {
  if (row.sameAnswer === undefined) return row.logprobsAgree ?? null;
  return row.sameAnswer || row.logprobsAgree === true;
}

function Same({ same, label }: { readonly same: boolean | null; readonly label?: string }) {
  if (same === null) return <span className="faint">{words.install.unknown}</span>;
  return same ? (
    <span className="ok">
      <Check className="icon" aria-hidden />
      {label ?? words.install.identical}
    </span>
  ) : (
    <span className="badge warn">
      <TriangleAlert className="icon" aria-hidden />
      {words.install.different}
    </span>
  );
}
