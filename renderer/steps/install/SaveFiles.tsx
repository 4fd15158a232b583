import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { InstallState } from '#common/contract/app/installing.ts';
import { chooseNatively } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { FilePicker } from '../../ui/FilePicker.tsx';

interface Props {
  readonly name: string;
  readonly saved: InstallState['saved'];
  readonly disabled: boolean;
  onSave(folder: string): void;
}

/** The way without Ollama: model and Modelfile as files. */
export function SaveFiles({ name, saved, disabled, onSave }: Props) {
  const [picking, setPicking] = useState(false);
  const choose = async (): Promise<void> => {
    const paths = await chooseNatively('folder');
    if (paths === null) setPicking(true);
    else if (paths[0] !== undefined) onSave(paths[0]);
  };
  return (
    <section className="card pad stack" aria-labelledby="without">
      <div>
        <h2 id="without">{saved === null ? words.install.without : words.install.saved}</h2>
        <p className="small dim">
          {saved === null ? words.install.withoutWhy : words.install.savedWhere(saved.folder)}
        </p>
      </div>
      {saved !== null && (
        <div>
          <p className="small dim">{words.install.savedHow}</p>
          <Commands lines={[`cd "${saved.folder}"`, `ollama create ${name} -f Modelfile`]} />
        </div>
      )}
      <div>
        <Button disabled={disabled} onClick={() => void choose()}>
          {words.install.saveFiles}
        </Button>
      </div>
      {picking && (
        <FilePicker
          title={words.install.saveWhere}
          hint={words.install.saveHint}
          pick="folder"
          onPick={(folder) => {
            setPicking(false);
            onSave(folder);
          }}
          onClose={() => setPicking(false)}
        />
      )}
    </section>
  );
}

export function Commands({ lines }: { readonly lines: readonly string[] }) {
  const text = lines.join('\n');
  const label = lines.length === 1 ? words.install.copyCommand : words.install.copyCommands;
  return (
    <div className="cmd">
      <code className="lines">{text}</code>
      <Button
        look="quiet"
        small
        iconOnly
        className="push"
        aria-label={label}
        title={label}
        onClick={() => void navigator.clipboard.writeText(text).then(() => say(words.ui.copied))}
      >
        <Copy className="icon" aria-hidden />
      </Button>
    </div>
  );
}
