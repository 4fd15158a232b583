import { FileDown } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { z } from 'zod';
import { assertNever } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { chooseNatively, droppedFiles, pickedFiles, type PickedFile } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { setSummary } from '../../state/draft.ts';
import { useKept } from '../../state/kept.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { FilePicker } from '../../ui/FilePicker.tsx';
import { count, fileName } from '../../ui/format.ts';
import { useAction } from '../../ui/hooks.ts';
import { Menu } from '../../ui/Menu.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { isTyping } from '../../ui/shortcuts.ts';
import { ExampleDialog } from './ExampleDialog.tsx';
import { importInputs, importPicked, undoAction, useImporting } from './importing.ts';
import { PasteDialog } from './PasteDialog.tsx';
import { useDropAnywhere } from './use-drop-anywhere.ts';

const openSchema = z.enum(['paste', 'type', 'path']).nullable();
type Open = z.infer<typeof openSchema>;

/** Files, pasted or typed text: all ways in. Files can be dropped anywhere on the screen. */
export function DropBox({ draft, some }: { readonly draft: string; readonly some: boolean }) {
  const { progress, ending } = useImporting();
  const [open, setOpen] = useKept<Open>(`ways-in.${draft}`, openSchema, null);
  const work = useAction();
  const input = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const read = (paths: readonly string[]): Promise<void> =>
    importInputs(
      draft,
      paths.map((path) => ({ kind: 'path', path })),
    );
  const take = (files: readonly PickedFile[]): void => {
    void importPicked(draft, files);
  };
  const over = useDropAnywhere((transfer) => void work.run(async () => take(await droppedFiles(transfer))));
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      if (isTyping(event) || document.querySelector('dialog[open]') !== null) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const files = pickedFiles(event.clipboardData?.files ?? null);
      if (files.length > 0) take(files);
      else if (text.trim() !== '') void importInputs(draft, [{ kind: 'text', text }]);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  });
  const chooseInWindow = async (): Promise<void> => {
    const paths = await chooseNatively('examples');
    if (paths !== null) await read(paths);
  };
  return (
    <>
      <div className={`drop ${over ? 'over' : ''}`}>
        <FileDown className="icon" aria-hidden />
        {progress !== null ? (
          <div className="grow">
            <p className="strong ellipsis">{progressWords(progress.stage, fileName(progress.file))}</p>
            <Meter label={progressWords(progress.stage, fileName(progress.file))} value={progress.share * 100} />
            <p className="small dim">{words.examples.found(count(progress.examples))}</p>
          </div>
        ) : (
          <div className="grow">
            <p className="strong">
              {over ? words.examples.dropNow : some ? words.examples.dropMore : words.examples.drop}
            </p>
            <p className="small dim">{words.examples.dropWhy}</p>
          </div>
        )}
        <span className="row">
          {progress !== null ? (
            <Button small onClick={() => ending?.abort()}>
              {words.examples.stop}
            </Button>
          ) : (
            <>
              {window.tunesmith !== undefined ? (
                <Button small onClick={() => void work.run(chooseInWindow)}>
                  {words.examples.choose}
                </Button>
              ) : (
                <Menu
                  isText
                  label={words.examples.choose}
                  items={[
                    { label: words.examples.chooseUpload, run: () => input.current?.click() },
                    { label: words.examples.chooseFolder, run: () => folderInput.current?.click() },
                    { label: words.examples.choosePath, run: () => setOpen('path') },
                  ]}
                />
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
        {/* Progress of the meter is not read out step by step: the beginning and the end are enough. */}
        <span className="sr" role="status">
          {progress === null ? '' : progressWords(progress.stage, fileName(progress.file))}
        </span>
        <FileInput ref={input} onTake={take} />
        <FileInput ref={folderInput} isFolder onTake={take} />
      </div>
      {over && (
        <div className="drop-veil" aria-hidden="true">
          <FileDown className="icon" />
          {words.examples.dropAnywhere}
        </div>
      )}
      <FailureCallout failure={work.failure} />
      {open === 'path' && (
        <FilePicker
          title={words.examples.chooseFiles}
          pick="either"
          onClose={() => setOpen(null)}
          onPick={(path) => {
            setOpen(null);
            void read([path]);
          }}
        />
      )}
      {open === 'paste' && <PasteDialog draft={draft} onClose={() => setOpen(null)} />}
      {open === 'type' && (
        <ExampleDialog
          title={words.examples.addTitle}
          keptAs={`typed.${draft}`}
          messages={emptyPair}
          saveLabel={words.examples.add}
          againLabel={words.examples.addAnother}
          onSave={async (messages) => {
            setSummary(await api.examples.add({ draft, examples: [messages] }));
            say(words.examples.addedOne, undoAction(draft));
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function progressWords(stage: 'handing' | 'reading' | 'examining', file: string): string {
  switch (stage) {
    case 'handing':
      return words.examples.handing(file);
    case 'reading':
      return words.examples.reading(file);
    case 'examining':
      return words.examples.examining;
    default:
      return assertNever(stage, 'stage of reading');
  }
}

const emptyPair = [
  { role: 'user', content: '' },
  { role: 'assistant', content: '' },
] as const;

interface FileInputProps {
  readonly ref: React.RefObject<HTMLInputElement | null>;
  readonly isFolder?: boolean;
  onTake(files: readonly PickedFile[]): void;
}

/** The browser's own choice of files; a folder is asked for by an attribute that only the element knows. */
function FileInput({ ref, isFolder = false, onTake }: FileInputProps) {
  return (
    <input
      ref={(element) => {
        ref.current = element;
        if (isFolder) element?.setAttribute('webkitdirectory', '');
      }}
      type="file"
      multiple
      hidden
      aria-label={isFolder ? words.examples.chooseFolder : words.examples.chooseFiles}
      onChange={(event) => {
        onTake(pickedFiles(event.target.files));
        event.target.value = '';
      }}
    />
  );
}
