import { BadgeCheck, Check, FileText, TriangleAlert } from 'lucide-react';
import type { InstallRecipe, Parity, ParityRow } from '#common/contract/app/installing.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { kindOfDifference, readRow } from './install-words.ts';
import { Stops } from './RecipeCard.tsx';

interface Props {
  readonly parity: Parity;
  readonly recipe: InstallRecipe | null;
  readonly busy: boolean;
  onAgain(): void;
  onReinstall(): void;
  onCertificate(): void;
}

/** The certificate: same questions, same text, same answers; or what differs, and what to do. */
export function ParityCard({ parity, recipe, busy, onAgain, onReinstall, onCertificate }: Props) {
  const of = words.install;
  const agrees = parity.verdict === 'agrees';
  const same = parity.rows.filter((row) => readRow(row).agrees).length;
  const kind = kindOfDifference(parity);
  return (
    <section className="card" aria-labelledby="parity">
      <div className="cert">
        <div className={`seal ${agrees ? '' : 'warn'}`}>
          {agrees ? <BadgeCheck className="icon" aria-hidden /> : <TriangleAlert className="icon" aria-hidden />}
        </div>
        <h2 id="parity" className="big">
          {of.verdicts[parity.verdict](same, parity.rows.length)}
        </h2>
        <p className="small dim">{of.verdictWhy[parity.verdict]}</p>
      </div>
      {kind !== null && (
        <div className="pad no-top stack">
          <Callout kind="warn" title={of.differing[kind].title}>
            {of.differing[kind].why} <b className="strong">{of.differing[kind].next}</b> {of.differingUse}
          </Callout>
          <div className="row">
            <Button busy={busy} onClick={onReinstall}>
              {of.again}
            </Button>
            <Button look="quiet" busy={busy} onClick={onAgain}>
              {of.checkAgain}
            </Button>
          </div>
        </div>
      )}
      <Rows rows={parity.rows} />
      <details className="figures">
        <summary>{of.figures}</summary>
        <p className="small dim">{parity.words}</p>
      </details>
      <div className="cert-foot">
        {recipe !== null && (
          <dl>
            <dt>{of.stops}</dt>
            <dd>{recipe.stops.length === 0 ? of.noStops : <Stops stops={recipe.stops} />}</dd>
            <dt>{of.temperature}</dt>
            <dd>{recipe.temperature}</dd>
            <dt>{of.repeat}</dt>
            <dd>{recipe.repeatPenalty}</dd>
          </dl>
        )}
        <Button small className="push" onClick={onCertificate}>
          <FileText className="icon" aria-hidden />
          {of.certificate}
        </Button>
      </div>
    </section>
  );
}

function Rows({ rows }: { readonly rows: readonly ParityRow[] }) {
  return (
    <table className="table ruled-top parity">
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
        {rows.map((row, index) => {
          const { text, tokens, answer } = readRow(row);
          return (
            <tr key={index}>
              <td>
                <div className="clip2">{row.prompt}</div>
                {text === false && <Texts row={row} />}
              </td>
              <td>
                <Same same={text} label={text === false ? words.install.different : words.install.identical} />
              </td>
              <td className="num">
                {count(row.appTokens)}
                {tokens === false && <div className="small warn-ink">{`≠ ${count(row.ollamaTokens ?? 0)}`}</div>}
              </td>
              <td>
                <Same
                  same={answer === null ? null : answer !== 'different'}
                  label={answer === null ? words.install.unknown : words.install[answer]}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Texts({ row }: { readonly row: ParityRow }) {
  return (
    <div className="texts">
      <span>{words.install.textHere}</span>
      <pre>{row.appText}</pre>
      <span>{words.install.textThere}</span>
      <pre>{row.ollamaText}</pre>
    </div>
  );
}

function Same({ same, label }: { readonly same: boolean | null; readonly label: string }) {
  if (same === null) return <span className="faint">{words.install.unknown}</span>;
  return same ? (
    <span className="ok">
      <Check className="icon" aria-hidden />
      {label}
    </span>
  ) : (
    <span className="badge warn">
      <TriangleAlert className="icon" aria-hidden />
      {label}
    </span>
  );
}

/** While the work goes on: what will be asked. */
export function ParityToCome({
  questions,
  asked,
}: {
  readonly questions: readonly string[];
  /** Questions that were asked already; null before the comparison. */
  readonly asked: number | null;
}) {
  const said = (index: number): string =>
    asked === null || index > asked
      ? words.install.waitingFor
      : index < asked
        ? words.install.askedBoth
        : words.install.askingNow;
  const shown = questions.slice(0, 8);
  return (
    <section className="card" aria-labelledby="tocome">
      <div className="card-head">
        <h2 id="tocome">{words.install.parity}</h2>
        <span className="push small dim">
          {asked === null ? words.install.parityLater : words.install.of(String(asked), String(questions.length))}
        </span>
      </div>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{words.install.question}</th>
            <th scope="col">{words.install.text}</th>
            <th scope="col">{words.install.answer}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((question, index) => (
            <tr key={index}>
              <td>
                <div className="clip1">{question}</div>
              </td>
              <td className="dim">{said(index)}</td>
              <td className="dim">{said(index)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {questions.length > shown.length && (
        <p className="pad small dim ruled-top">{words.install.more(questions.length - shown.length)}</p>
      )}
    </section>
  );
}
