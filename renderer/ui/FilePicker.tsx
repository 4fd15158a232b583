import { File, Folder, FolderUp } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { Button } from './Button.tsx';
import { FailureCallout } from './Callout.tsx';
import { Dialog } from './Dialog.tsx';
import { bytes } from './format.ts';
import { useAnswer } from './hooks.ts';

interface Props {
  readonly title: string;
  readonly hint?: string;
  readonly pick: 'file' | 'folder' | 'either';
  accepts?(name: string): boolean;
  onPick(path: string): void;
  onClose(): void;
}

/** Files under the home folder of the computer that Tunesmith runs on, for a window without a dialog of the system. */
export function FilePicker({ title, hint, pick, accepts, onPick, onClose }: Props) {
  const [folder, setFolder] = useState<string | undefined>();
  const { value, failure, again } = useAnswer(
    (signal) => api.files.list(folder === undefined ? {} : { folder }, signal),
    folder ?? '',
  );
  const entries = (value?.entries ?? []).filter(
    (entry) => entry.kind === 'folder' || (pick !== 'folder' && (accepts?.(entry.name) ?? true)),
  );
  return (
    <Dialog
      title={title}
      look="wide"
      onClose={onClose}
      footer={
        pick === 'file' ? undefined : (
          <Button
            className="push"
            look="primary"
            disabled={value === null}
            onClick={() => value !== null && onPick(value.folder)}
          >
            {words.ui.useFolder}
          </Button>
        )
      }
    >
      {hint !== undefined && <p className="small dim">{hint}</p>}
      <FailureCallout failure={failure} again={again} />
      {value !== null && (
        <>
          <div className="row crumbs">
            <Button
              look="quiet"
              small
              disabled={value.parent === null}
              onClick={() => value.parent !== null && setFolder(value.parent)}
            >
              <FolderUp className="icon" aria-hidden />
              {words.ui.up}
            </Button>
            <code className="push">{value.folder}</code>
          </div>
          <ul className="picker">
            {entries.length === 0 && <li className="dim small pad">{words.ui.folderEmpty}</li>}
            {entries.map((entry) => (
              <li key={entry.path}>
                <button
                  type="button"
                  onClick={() => (entry.kind === 'folder' ? setFolder(entry.path) : onPick(entry.path))}
                >
                  {entry.kind === 'folder' ? (
                    <Folder className="icon" aria-hidden />
                  ) : (
                    <File className="icon" aria-hidden />
                  )}
                  <span>{entry.name}</span>
                  {entry.kind === 'file' && <span className="push tiny faint">{bytes(entry.bytes)}</span>}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
