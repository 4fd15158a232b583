import { FileDown } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { chooseNatively, pathsOfFiles } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { setSummary } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { FilePicker } from '../../ui/FilePicker.tsx';
import { count, fileName } from '../../ui/format.ts';
import { useAction } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { isTyping } from '../../ui/shortcuts.ts';
import { ExampleDialog } from './ExampleDialog.tsx';
import { importInputs, useImporting } from './importing.ts';

type Open = 'paste' | 'type' | 'path' | null;

/** Files, pasted or typed text: all ways in. */
export function DropBox({ draft, some }: { readonly draft: string; readonly some: boolean }) {
  const { progress, ending } = useImporting();
  const [over, setOver] = useState(false);
  const [open, setOpen] = useState<Open>(null);
  const work = useAction();
  const input = useRef<HTMLInputElement>(null);
  const take = (files: readonly File[]): void => {
    if (files.length > 0)
      void work.run(async () =>
        importInputs(
          draft,
          (await pathsOfFiles(files)).map((path) => ({ kind: 'path', path })),
        ),
      );
  };
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      if (isTyping(event) || document.querySelector('dialog[open]') !== null) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) take(files);
      else if (text.trim() !== '') void importInputs(draft, [{ kind: 'text', text }]);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  });
  const choose = async (): Promise<void> => {
    const paths = await chooseNatively('examples');
    if (paths === null) input.current?.click();
    else
      await importInputs(
        draft,
        paths.map((path) => ({ kind: 'path', path })),
      );
  };
  return (
    <>
      <div
        className={`drop ${over ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take([...event.dataTransfer.files]);
        }}
      >
        <FileDown className="icon" aria-hidden />
        {progress !== null ? (
          <div className="grow" role="status">
            <p className="strong">
              {progress.stage === 'reading'
                ? words.examples.reading(fileName(progress.file))
                : words.examples.examining}
            </p>
            <Meter label={words.examples.reading(fileName(progress.file))} value={progress.share * 100} />
            <p className="small dim">{words.examples.found(count(progress.examples))}</p>
          </div>
        ) : (
          <div>
            <p className="strong">
              {over ? words.examples.dropNow : some ? words.examples.dropMore : words.examples.drop}
            </p>
            <p className="small dim">{words.examples.dropWhy}</p>
          </div>
        )}
        <span className="push row">
          {progress !== null ? (
            <Button small onClick={() => ending?.abort()}>
              {words.examples.stop}
            </Button>
          ) : (
            <>
              <Button small onClick={() => void choose()}>
                {words.examples.choose}
              </Button>
              {window.tunesmith === undefined && (
                <Button small onClick={() => setOpen('path')}>
                  {words.examples.choosePath}
                </Button>
              )}
              <Button small onClick={() => setOpen('paste')}>
                {words.examples.paste}
              </Button>
              <Button small onClick={() => setOpen('type')}>
                {words.examples.type}
              </Button>
            </>
          )}
        </span>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={words.examples.chooseFiles}
          onChange={(event) => {
            take([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      <FailureCallout failure={work.failure} />
      {open === 'path' && (
        <FilePicker
          title={words.examples.chooseFiles}
          pick="either"
          onClose={() => setOpen(null)}
          onPick={(path) => {
            setOpen(null);
            void importInputs(draft, [{ kind: 'path', path }]);
          }}
        />
      )}
      {open === 'paste' && <PasteDialog draft={draft} onClose={() => setOpen(null)} />}
      {open === 'type' && (
        <ExampleDialog
          title={words.examples.addTitle}
          messages={[
            { role: 'user', content: '' },
            { role: 'assistant', content: '' },
          ]}
          saveLabel={words.examples.add}
          onSave={async (messages) => setSummary(await api.examples.add({ draft, examples: [messages] }))}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function PasteDialog({ draft, onClose }: { readonly draft: string; onClose(): void }) {
  const [text, setText] = useState('');
  const read = (): void => {
    onClose();
    void importInputs(draft, [{ kind: 'text', text }]);
  };
  return (
    <Dialog
      title={words.examples.pasteTitle}
      look="wide"
      onClose={onClose}
      footer={
        <Button look="primary" className="push" disabled={text.trim() === ''} onClick={read}>
          {words.examples.pasteRead}
        </Button>
      }
    >
      <p className="small dim">{words.examples.pasteWhy}</p>
      <Field label={words.examples.pasteText}>
        <textarea
          className="input area tall"
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
