import { create } from 'zustand';
import type { Correction, ExamplesSummary, ImportedFile, Rejection } from '#common/contract/app/examples.ts';
import { toFailure, type Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { pathsOfFiles, type PickedFile } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { setSummary } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { count } from '../../ui/format.ts';

type Input =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string; readonly name?: string };

interface ImportState {
  readonly progress: {
    readonly stage: 'handing' | 'reading' | 'examining';
    readonly file: string;
    readonly share: number;
    readonly examples: number;
  } | null;
  readonly failure: Failure | null;
  /** Why nothing was found, row by row. */
  readonly refused: readonly Rejection[];
  readonly ending: AbortController | null;
  /** Workbooks with several sheets: the person is asked which one. */
  readonly sheets: readonly { readonly draft: string; readonly file: ImportedFile }[];
}

/** Reading goes on while the person looks at other screens. */
export const useImporting = create<ImportState>(() => ({
  progress: null,
  failure: null,
  refused: [],
  ending: null,
  sheets: [],
}));

export async function importInputs(draft: string, inputs: readonly Input[], correction?: Correction): Promise<void> {
  if (inputs.length === 0) return;
  const ending = new AbortController();
  useImporting.setState({
    failure: null,
    refused: [],
    ending,
    progress: { stage: 'reading', file: '', share: 0, examples: 0 },
  });
  try {
    const order = { draft, inputs: [...inputs], ...(correction === undefined ? {} : { correction }) };
    for await (const event of api.examples.import(order, ending.signal)) {
      if (event.type === 'progress') {
        const share = event.totalBytes === 0 ? 0 : event.completedBytes / event.totalBytes;
        useImporting.setState({ progress: { stage: event.stage, file: event.file, share, examples: event.examples } });
        continue;
      }
      setSummary(event.summary);
      say(words.examples.added(count(event.added), event.rejected), undoAction(draft));
      if (correction === undefined) askForSheets(draft, event.summary, event.files);
    }
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code !== 'cancelled') useImporting.setState({ failure });
    if (failure.code === 'data-empty') {
      const refused = await api.examples.rejected({ draft, offset: 0, limit: 100 }).catch(() => null);
      useImporting.setState({ refused: refused?.rows ?? [] });
    }
  } finally {
    useImporting.setState({ progress: null, ending: null });
  }
}

/** Files that were dropped or chosen: handed over to main first where they do not lie on its disk, then read. */
export async function importPicked(draft: string, files: readonly PickedFile[]): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  const ending = new AbortController();
  const tell = (place: string, share: number): void =>
    useImporting.setState({ progress: { stage: 'handing', file: place, share, examples: 0 } });
  useImporting.setState({ failure: null, refused: [], ending });
  tell(first.place, 0);
  let paths: readonly string[];
  try {
    paths = await pathsOfFiles(files, {
      signal: ending.signal,
      onFile: ({ place }, done) => tell(place, done / files.length),
    });
  } catch (thrown) {
    const failure = ending.signal.aborted ? null : toFailure(thrown);
    return useImporting.setState({ progress: null, ending: null, failure });
  }
  await importInputs(
    draft,
    paths.map((path) => ({ kind: 'path', path })),
  );
}

function askForSheets(draft: string, summary: ExamplesSummary, read: readonly string[]): void {
  const several = summary.files.filter(({ file, sheets }) => read.includes(file) && (sheets?.length ?? 0) > 1);
  useImporting.setState({ sheets: several.map((file) => ({ draft, file })) });
}

export function sheetAnswered(): void {
  useImporting.setState(({ sheets }) => ({ sheets: sheets.slice(1) }));
}

/** For a toast: takes back what was just done. */
export function undoAction(draft: string): { readonly label: string; readonly run: () => void } {
  return {
    label: words.examples.undo,
    run: () => void api.examples.undo({ draft }).then(setSummary, () => undefined),
  };
}
