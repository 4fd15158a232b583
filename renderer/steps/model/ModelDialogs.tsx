import { useState } from 'react';
import type { ModelRow } from '#common/contract/app/models.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { bytes } from '../../ui/format.ts';

/** Asks for the consent that the model's owner wants before the download. */
export function LicenseDialog({
  row,
  onAccept,
  onClose,
}: {
  readonly row: ModelRow;
  readonly onAccept: () => void;
  readonly onClose: () => void;
}) {
  const [agreed, setAgreed] = useState(false);
  const license = row.license ?? words.model.noLicence;
  return (
    <Dialog
      title={words.model.licenseTitle(license)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.ui.cancel}</Button>
          <Button className="push" look="primary" disabled={!agreed} onClick={onAccept}>
            {words.model.acceptAndDownload(bytes(row.bytes))}
          </Button>
        </>
      }
    >
      <div className="stack" style={{ '--gap': '12px' } as React.CSSProperties}>
        <p>{words.model.licenseWhy(row.title, license)}</p>
        {row.licenseUrl !== null && (
          <p>
            <a href={row.licenseUrl} target="_blank" rel="noreferrer">
              {row.licenseUrl}
            </a>
          </p>
        )}
        <p className="small dim">{words.model.licenseBinds}</p>
        <label className="check">
          <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.target.checked)} />
          <span>{words.model.licenseAgree}</span>
        </label>
      </div>
    </Dialog>
  );
}

export function DeleteModelDialog({
  row,
  busy,
  onDelete,
  onClose,
}: {
  readonly row: ModelRow;
  readonly busy: boolean;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      title={words.model.deleteTitle(row.title)}
      onClose={onClose}
      footer={
        <>
          <Button look="danger" busy={busy} onClick={onDelete}>
            {words.model.deleteYes(bytes(row.bytes))}
          </Button>
          <Button className="push" look="primary" onClick={onClose} autoFocus>
            {words.model.keep}
          </Button>
        </>
      }
    >
      <p>{words.model.deleteWhy}</p>
    </Dialog>
  );
}

/** How the verdict on memory comes about. */
export function FitDialog({
  row,
  memoryBytes,
  onClose,
}: {
  readonly row: ModelRow;
  readonly memoryBytes: number;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      title={words.model.whyTitle(row.title)}
      onClose={onClose}
      footer={
        <Button className="push" look="primary" onClick={onClose}>
          {words.ui.close}
        </Button>
      }
    >
      <div className="stack" style={{ '--gap': '12px' } as React.CSSProperties}>
        <dl className="sums">
          <dt>{words.model.whyFile}</dt>
          <dd>{bytes(row.bytes)}</dd>
          <dt>{words.model.whyNotes}</dt>
          <dd>{bytes(row.neededBytes - row.bytes)}</dd>
          <dt>
            <strong>{words.model.whyNeeds}</strong>
          </dt>
          <dd>
            <strong>{bytes(row.neededBytes)}</strong>
          </dd>
          <dt>{words.model.whyHas}</dt>
          <dd>{bytes(memoryBytes)}</dd>
        </dl>
        <p className="small dim">{words.model.whyNext}</p>
      </div>
    </Dialog>
  );
}
