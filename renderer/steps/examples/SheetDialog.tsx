import { useState } from 'react';
import type { ImportedFile } from '#common/contract/app/examples.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { count } from '../../ui/format.ts';

interface Props {
  readonly file: ImportedFile;
  onUse(sheet: string): void;
  onClose(): void;
}

/** Which sheet of a workbook? Asked once, when it has several. */
export function SheetDialog({ file, onUse, onClose }: Props) {
  const [sheet, setSheet] = useState(file.sheet ?? '');
  return (
    <Dialog
      title={words.examples.sheetTitle(file.name)}
      onClose={onClose}
      footer={
        <Button look="primary" className="push" onClick={() => (sheet === file.sheet ? onClose() : onUse(sheet))}>
          {words.examples.sheetUse}
        </Button>
      }
    >
      <p className="small dim">{words.examples.sheetWhy(file.sheet ?? '', count(file.examples))}</p>
      <fieldset className="radios sheets">
        <legend className="sr">{words.examples.sheet}</legend>
        {(file.sheets ?? []).map((name) => (
          <label key={name} className="row">
            <input
              type="radio"
              name="sheet"
              autoFocus={name === file.sheet}
              checked={name === sheet}
              onChange={() => setSheet(name)}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
