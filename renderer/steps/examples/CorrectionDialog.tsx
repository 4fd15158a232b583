import { useState } from 'react';
import type { Correction, ImportedFile } from '#common/contract/app/examples.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';

const copy = words.examples;
type Columns = NonNullable<Correction['columns']>;

interface Props {
  readonly file: ImportedFile;
  readonly formats: readonly string[];
  onRead(correction: Correction): void;
  onClose(): void;
}

/** Everything that was guessed of a file, to be set right. */
export function CorrectionDialog({ file, formats, onRead, onClose }: Props) {
  const [format, setFormat] = useState(file.format ?? '');
  const [encoding, setEncoding] = useState('');
  const [delimiter, setDelimiter] = useState(file.delimiter ?? '');
  const [header, setHeader] = useState(file.header ?? true);
  const [sheet, setSheet] = useState(file.sheet ?? '');
  const [turns, setTurns] = useState(file.turns);
  const [columns, setColumns] = useState<Columns | undefined>(file.columns);
  const isBinary = file.format === 'workbook' || file.format === 'parquet';
  const same = format === file.format;
  // Columns have other names on another sheet, between other delimiters, and without their row of names.
  const sameTable =
    same && sheet === (file.sheet ?? '') && delimiter === (file.delimiter ?? '') && header === (file.header ?? true);
  const names = file.columnNames ?? [];
  const read = (): void => {
    onRead({
      ...(format === '' ? {} : { format }),
      ...(encoding === '' ? {} : { encoding }),
      ...(same && file.delimiter !== undefined ? { delimiter } : {}),
      ...(same && file.header !== undefined ? { header } : {}),
      ...(sheet === '' ? {} : { sheet }),
      ...(same && turns !== undefined ? { turns } : {}),
      ...(sameTable && columns !== undefined && names.length > 0 ? { columns } : {}),
    });
    onClose();
  };
  const choose = (role: keyof Columns, name: string): void => {
    const next = { question: '', answer: '', ...columns, [role]: name };
    const { question, answer, system, context } = next;
    setColumns({
      question,
      answer,
      ...(system === undefined || system === '' ? {} : { system }),
      ...(context === undefined || context === '' ? {} : { context }),
    });
  };
  return (
    <Dialog
      title={copy.correctTitle(file.name)}
      onClose={onClose}
      footer={
        <Button look="primary" className="push" disabled={format === ''} onClick={read}>
          {copy.correctDo}
        </Button>
      }
    >
      <p className="small dim">{copy.correctWhy}</p>
      <div className="form2">
        {!isBinary && (
          <Field label={copy.format}>
            <select className="input" autoFocus value={format} onChange={(event) => setFormat(event.target.value)}>
              {format === '' && <option value="">{copy.unknown}</option>}
              {formats
                .filter((name) => !['workbook', 'parquet', 'paired-files'].includes(name))
                .map((name) => (
                  <option key={name} value={name}>
                    {copy.formats[name] ?? name}
                  </option>
                ))}
            </select>
          </Field>
        )}
        {!isBinary && (
          <Field label={copy.encoding} hint={copy.encodingWhy}>
            <select className="input" value={encoding} onChange={(event) => setEncoding(event.target.value)}>
              {Object.entries(copy.encodings).map(([name, title]) => (
                <option key={name} value={name}>
                  {name === '' && file.encoding !== null ? `${title}: ${file.encoding}` : title}
                </option>
              ))}
            </select>
          </Field>
        )}
        {file.sheets !== undefined && file.sheets.length > 1 && (
          <Field label={copy.sheet}>
            <select className="input" autoFocus value={sheet} onChange={(event) => setSheet(event.target.value)}>
              {file.sheets.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </Field>
        )}
        {same && file.delimiter !== undefined && (
          <Field label={copy.delimiter}>
            <select className="input" value={delimiter} onChange={(event) => setDelimiter(event.target.value)}>
              {Object.entries(copy.delimiters).map(([text, title]) => (
                <option key={text} value={text}>
                  {title}
                </option>
              ))}
            </select>
          </Field>
        )}
        {same && turns !== undefined && (
          <Field label={copy.turns}>
            <select
              className="input"
              value={turns}
              onChange={(event) => setTurns(event.target.value === 'multi' ? 'multi' : 'single')}
            >
              {(['single', 'multi'] as const).map((kind) => (
                <option key={kind} value={kind}>
                  {copy.turnsKinds[kind]}
                </option>
              ))}
            </select>
          </Field>
        )}
      </div>
      {same && file.header !== undefined && (
        <label className="row small check-line">
          <input type="checkbox" checked={header} onChange={() => setHeader(!header)} /> {copy.header}
        </label>
      )}
      {sameTable && names.length > 0 && (
        <fieldset className="form2 columns">
          <legend className="strong small">{copy.columns}</legend>
          {(['question', 'answer', 'context', 'system'] as const).map((role) => (
            <Field key={role} label={copy.column[role]}>
              <select
                className="input"
                value={columns?.[role] ?? ''}
                onChange={(event) => choose(role, event.target.value)}
              >
                <option value="">{copy.columnNone}</option>
                {names.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </Field>
          ))}
        </fieldset>
      )}
    </Dialog>
  );
}
