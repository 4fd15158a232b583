import { Braces, FileText, Table2, X } from 'lucide-react';
import type { ExamplesSummary, ImportedFile } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { useAnswer } from '../../ui/hooks.ts';
import { importInputs } from './importing.ts';

interface Props {
  readonly draft: string;
  readonly files: readonly ImportedFile[];
  onChange(ask: () => Promise<ExamplesSummary>): void;
}

/** The files, what we think they are, and the way to correct it. */
export function FileTable({ draft, files, onChange }: Props) {
  const formats = useAnswer((signal) => api.examples.formats({}, signal), '');
  return (
    <section className="card" aria-labelledby="files">
      <h2 id="files" className="sr">
        {words.examples.files}
      </h2>
      <table className="table files">
        <thead>
          <tr>
            <th scope="col">{words.examples.file}</th>
            <th scope="col">{words.examples.guess}</th>
            <th scope="col" className="num">
              {words.examples.foundHead}
            </th>
            <th scope="col">
              <span className="sr">{words.examples.remove}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.file}>
              <td>
                <span className="fname" title={file.file}>
                  <FileIcon name={file.name} />
                  <span className="ellipsis">{file.name}</span>
                </span>
                {file.notes.map((note) => (
                  <p key={note} className="tiny faint">
                    {note}
                  </p>
                ))}
              </td>
              <td>
                <select
                  className="input select-small"
                  aria-label={words.examples.formatOf(file.name)}
                  value={file.format ?? ''}
                  onChange={(event) =>
                    void importInputs(draft, [{ kind: 'path', path: file.file }], { format: event.target.value })
                  }
                >
                  {file.format === null && <option value="">{words.examples.unknown}</option>}
                  {(formats.value ?? []).map(({ name, title }) => (
                    <option key={name} value={name}>
                      {title}
                    </option>
                  ))}
                  {file.format !== null && !(formats.value ?? []).some(({ name }) => name === file.format) && (
                    <option value={file.format}>{file.description ?? file.format}</option>
                  )}
                </select>
                {file.description !== undefined && <p className="tiny faint">{file.description}</p>}
              </td>
              <td className="num">{count(file.examples)}</td>
              <td>
                <Button
                  look="quiet"
                  small
                  iconOnly
                  aria-label={words.examples.removeFile(file.name)}
                  onClick={() => onChange(() => api.examples.removeFile({ draft, file: file.file }))}
                >
                  <X className="icon" aria-hidden />
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FileIcon({ name }: { readonly name: string }) {
  const Icon = /\.(csv|tsv|xlsx|parquet)$/i.test(name) ? Table2 : /\.jsonl?$/i.test(name) ? Braces : FileText;
  return <Icon className="icon" aria-hidden />;
}
