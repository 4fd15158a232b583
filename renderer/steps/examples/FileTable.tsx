import { Braces, FileText, SlidersHorizontal, Table2, X } from 'lucide-react';
import { useState } from 'react';
import type { ExamplesSummary, ImportedFile } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { useAnswer } from '../../ui/hooks.ts';
import { CorrectionDialog } from './CorrectionDialog.tsx';
import { importInputs } from './importing.ts';

interface Props {
  readonly draft: string;
  readonly files: readonly ImportedFile[];
  onChange(ask: () => Promise<ExamplesSummary>): void;
}

/** The files, what we think they are, and the way to correct it. */
export function FileTable({ draft, files, onChange }: Props) {
  const formats = useAnswer((signal) => api.examples.formats({}, signal), '');
  const [correcting, setCorrecting] = useState<ImportedFile | null>(null);
  const titleOf = (file: ImportedFile): string =>
    words.examples.formats[file.format ?? ''] ?? file.format ?? words.examples.unknown;
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
                {file.notes.slice(0, 3).map((note) => (
                  <p key={note} className="tiny faint">
                    {note}
                  </p>
                ))}
              </td>
              <td>
                <span className="guess">
                  <span title={file.description}>{shortGuess(file, titleOf(file))}</span>
                  {file.format !== 'paired-files' && (
                    <Button
                      look="quiet"
                      small
                      iconOnly
                      aria-label={words.examples.correctOf(file.name)}
                      title={words.examples.correct}
                      onClick={() => setCorrecting(file)}
                    >
                      <SlidersHorizontal className="icon" aria-hidden />
                    </Button>
                  )}
                </span>
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
      {correcting !== null && (
        <CorrectionDialog
          file={correcting}
          formats={formats.value ?? []}
          onClose={() => setCorrecting(null)}
          onRead={(correction) => void importInputs(draft, [{ kind: 'path', path: correcting.file }], correction)}
        />
      )}
    </section>
  );
}

/** "Columns: asked → reply", "Sheet Pairs: asked → reply", or the format's own name. */
function shortGuess({ columns, sheet, sheets }: ImportedFile, title: string): string {
  const { guessSheet, guessColumns } = words.examples;
  const place = sheet !== undefined && (sheets?.length ?? 0) > 1 ? guessSheet(sheet) : title;
  return columns === undefined ? place : guessColumns(place, columns.question, columns.answer);
}

function FileIcon({ name }: { readonly name: string }) {
  const Icon = /\.(csv|tsv|xlsx|parquet)$/i.test(name) ? Table2 : /\.jsonl?$/i.test(name) ? Braces : FileText;
  return <Icon className="icon" aria-hidden />;
}
