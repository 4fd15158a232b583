import { Download } from 'lucide-react';
import { useState } from 'react';
import type { Rejection } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { count, fileName } from '../../ui/format.ts';
import { useAnswer } from '../../ui/hooks.ts';
import { importInputs } from './importing.ts';

interface Props {
  readonly draft: string;
  readonly revision: number;
  readonly count: number;
}

/** Every row that could not be used, with file, line and reason. */
export function RejectedRows({ draft, revision, count: total }: Props) {
  const [limit, setLimit] = useState(5);
  const rows = useAnswer(
    (signal) => api.examples.rejected({ draft, offset: 0, limit: Math.min(500, limit) }, signal),
    `${draft}.${revision}.${limit}`,
  );
  const shown = rows.value?.rows ?? [];
  return (
    <section className="card" aria-labelledby="rejected">
      <div className="card-head">
        <h2 id="rejected">{words.examples.rejected}</h2>
        <span className="badge warn">{count(total)}</span>
        <Button small className="push" onClick={() => void save(draft, total)}>
          <Download className="icon" aria-hidden />
          {words.examples.saveList}
        </Button>
      </div>
      <RowsTable draft={draft} rows={shown} />
      {total > shown.length && shown.length > 0 && limit < 500 && (
        <p className="small more">
          <button type="button" className="link" onClick={() => setLimit(limit + 100)}>
            {words.examples.showMore(Math.min(100, total - shown.length))}
          </button>
        </p>
      )}
    </section>
  );
}

/** Why a file gave nothing at all. */
export function RefusedRows({ draft, rows }: { readonly draft: string; readonly rows: readonly Rejection[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="card" aria-labelledby="refused">
      <div className="card-head">
        <h2 id="refused">{words.examples.rejected}</h2>
        <span className="badge warn">{count(rows.length)}</span>
      </div>
      <RowsTable draft={draft} rows={rows} />
    </section>
  );
}

function RowsTable({ draft, rows }: { readonly draft: string; readonly rows: readonly Rejection[] }) {
  return (
    <table className="table rej">
      <thead>
        <tr>
          <th scope="col">{words.examples.where}</th>
          <th scope="col">{words.examples.reason}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            <td>{whereOf(row)}</td>
            <td>
              {row.reason}
              {row.raw !== undefined && <Raw raw={row.raw} />}
              {row.hint !== undefined && row.isRepairable !== true && <p className="tiny faint">{row.hint}</p>}
              {row.isRepairable === true && (
                <button
                  type="button"
                  className="link repair"
                  title={row.hint ?? words.examples.repairFile}
                  onClick={() => void importInputs(draft, [{ kind: 'path', path: row.file }], { repair: true })}
                >
                  {words.examples.repairShort}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The text as it stands in the file, the place of the fault marked. */
function Raw({ raw: { text, at } }: { readonly raw: NonNullable<Rejection['raw']> }) {
  if (at === null) return <pre className="raw">{text}</pre>;
  // Nothing may stand there any more: then a mark of its own shows the place.
  const fault = text.slice(at, at + 1).trim();
  return (
    <pre className="raw">
      {text.slice(0, at)}
      <mark title={words.examples.faultHere}>
        {fault === '' ? '⌃' : fault}
        <span className="sr"> {words.examples.faultHere}</span>
      </mark>
      {text.slice(fault === '' ? at : at + 1)}
    </pre>
  );
}

function whereOf({ file, line, isRow }: Rejection): string {
  const name = fileName(file);
  return isRow === true && line !== null ? words.examples.row(name, line) : words.examples.line(name, line);
}

async function save(draft: string, total: number): Promise<void> {
  const all: Rejection[] = [];
  while (all.length < total) {
    const page = await api.examples.rejected({ draft, offset: all.length, limit: 500 });
    all.push(...page.rows);
    if (page.rows.length === 0) break;
  }
  const cell = (text: string | number): string => `"${String(text).replaceAll('"', '""')}"`;
  const lines = all.map((row) => [row.file, row.line ?? '', row.reason, row.hint ?? ''].map(cell).join(','));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`file,line,reason,hint\n${lines.join('\n')}\n`], { type: 'text/csv' }));
  link.download = 'rejected-rows.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
