import { FileBox } from 'lucide-react';
import { useState } from 'react';
import type { BaseChoice } from '#common/contract/app/models.ts';
import type { Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { chooseNatively, pathsOfFiles, pickedFiles } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { FilePicker } from '../../ui/FilePicker.tsx';
import { fileName } from '../../ui/format.ts';
import { useAction } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';

/** What came of looking at a file. */
export type Inspected =
  | { readonly kind: 'unsupported'; readonly path: string; readonly base: BaseChoice }
  | { readonly kind: 'failed'; readonly path: string; readonly failure: Failure };

interface Props {
  /** The path of the file that is chosen now. */
  readonly chosen: string | null;
  readonly reading: string | null;
  readonly result: Inspected | null;
  onChoose(path: string): Promise<void>;
}

/** A model file of the person's own: dropped, chosen in the system's dialog, or in the window's own list. */
export function FileTab({ chosen, reading, result, onChoose }: Props) {
  const [over, setOver] = useState(false);
  const [picking, setPicking] = useState(false);
  const work = useAction();
  const take = (files: readonly File[]): void => {
    if (files.length > 0) void work.run(async () => onChoose(await pathOfDropped(files[0]!)));
  };
  const choose = async (): Promise<void> => {
    const paths = await chooseNatively('model');
    if (paths === null) setPicking(true);
    else if (paths[0] !== undefined) await onChoose(paths[0]);
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
        <FileBox className="icon" aria-hidden />
        {reading !== null || work.busy ? (
          <div className="grow" role="status">
            <p className="strong">{words.model.checking(reading === null ? words.model.ownFile : fileName(reading))}</p>
            <Meter label={words.model.reading} value={null} />
          </div>
        ) : (
          <div>
            <p className="strong">{over ? words.model.dropNow : words.model.drop}</p>
            <p className="small dim">{words.model.fileWhy}</p>
          </div>
        )}
        <span className="push">
          <Button busy={reading !== null || work.busy} onClick={() => void work.run(choose)}>
            {words.model.choose}
          </Button>
        </span>
      </div>
      <FailureCallout failure={work.failure} />
      {result !== null && <Verdict result={result} />}
      {chosen !== null && result === null && reading === null && (
        <Callout kind="good" title={words.model.fileChosen(fileName(chosen))}>
          <span className="mono wrap">{chosen}</span>
        </Callout>
      )}
      {picking && (
        <FilePicker
          title={words.model.file}
          hint={words.model.fileWhy}
          pick="file"
          accepts={(name) => name.toLowerCase().endsWith('.gguf')}
          onClose={() => setPicking(false)}
          onPick={(path) => {
            setPicking(false);
            void onChoose(path);
          }}
        />
      )}
    </>
  );
}

/** What it is, why it cannot be taught, and what to do next. */
function Verdict({ result }: { readonly result: Inspected }) {
  if (result.kind === 'failed') {
    return <FailureCallout failure={result.failure} />;
  }
  const { info } = result.base;
  return (
    <Callout kind="bad" title={words.model.cannotTeach(info.name ?? fileName(result.path))}>
      {info.reason ?? words.model.unknownKind(info.architecture)} {words.model.cannotNext}
    </Callout>
  );
}

/** Where it lies. A browser does not say: it hands the file over, and Tunesmith keeps it among its own models. */
async function pathOfDropped(file: File): Promise<string> {
  const [path] = await pathsOfFiles(pickedFiles([file]));
  if (window.tunesmith?.pathOfFile !== undefined) return path!;
  return (await api.models.keep({ path: path! })).path;
}
