import { randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Example } from '#common/domain/example.ts';
import { importDataset } from '../../features/importing/import-dataset.ts';
import type { ExampleSet, KnownFile } from '../../services/examples/example-set.ts';
import { readDataset } from '../../services/importing/dataset-file.ts';
import type { EmptyImport } from '../../services/importing/import-files.ts';
import type { Correction, ImportProgress } from '../../services/importing/report.ts';
import { writeError } from '../../services/storage/write-error.ts';
import { rememberedSha256 } from '../../store/file-sha256.ts';
import type { Context } from './context.ts';

export interface ImportOrder {
  readonly correction: Correction;
  readonly replaceSameFiles: boolean;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

/** Reads files into the set as one step that can be undone. What nothing came of is remembered with its reasons. */
export async function readInto(context: Context, set: ExampleSet, paths: readonly string[], order: ImportOrder) {
  const { correction, onProgress, signal } = order;
  const { reader, layout } = context;
  try {
    const deps = { reader, tmpFolder: layout.tmp, correction, examine: false, onProgress, signal };
    await using imported = await importDataset(paths, deps);
    const rows: Example[] = [];
    for await (const { example } of readDataset(imported.path, signal)) rows.push(example);
    await take(context, set, imported.report, rows, order);
    const { rejectedCount, files } = imported.report;
    return { added: rows.length, rejected: rejectedCount, files: files.map(({ file }) => file) };
  } catch (error) {
    const cause = error instanceof TunesmithError && error.code === 'data-empty' ? error.cause : undefined;
    if (typeof cause === 'object' && cause !== null) await take(context, set, cause as EmptyImport, [], order);
    throw error;
  }
}

async function take(
  { store }: Context,
  set: ExampleSet,
  report: EmptyImport,
  added: readonly Example[],
  { replaceSameFiles }: ImportOrder,
): Promise<void> {
  const files: KnownFile[] = [];
  for (const { notes, columns, ...file } of report.files) {
    const bytes = (await stat(file.file)).size;
    const sha256 = await rememberedSha256(store.db, file.file);
    files.push({ ...file, bytes, sha256, notes: [...notes], ...(columns === undefined ? {} : { columns }) });
  }
  const { state } = set;
  const again = new Set(replaceSameFiles ? [...files, ...report.rejected].map(({ file }) => file) : []);
  const rejected = state.rejected.filter(({ file }) => !again.has(file));
  set.change(
    { kind: 'import', count: files.length },
    {
      rows: [...state.rows.filter(({ source }) => source === undefined || !again.has(source.file)), ...added],
      files: [...state.files.filter(({ file }) => !again.has(file)), ...files],
      rejected: [...rejected, ...report.rejected],
      rejectedCount: state.rejectedCount - (state.rejected.length - rejected.length) + report.rejectedCount,
    },
  );
}

type Input =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string; readonly name: string };

/** Pasted text and uploads become files of the draft's, so that they can be read again as long as it lives. */
export async function pathsOf(
  { drafts, layout }: Context,
  draft: string,
  inputs: readonly Input[],
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const input of inputs) {
    if (input.kind === 'path') {
      if (!path.isAbsolute(input.path)) throw new TunesmithError('bad-request', `${input.path} is not a whole path.`);
      paths.push(await kept(input.path, path.join(layout.tmp, 'uploads'), path.join(drafts.folder(draft), 'uploads')));
      continue;
    }
    const folder = path.join(drafts.folder(draft), 'pasted', randomUUID().slice(0, 8));
    const file = path.join(folder, path.basename(input.name).replaceAll(/[^\p{L}\p{N}._ -]/gu, '_') || 'pasted.txt');
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(file, input.text);
    } catch (error) {
      throw writeError(error, file);
    }
    paths.push(file);
  }
  return paths;
}

async function kept(file: string, uploads: string, own: string): Promise<string> {
  const place = path.relative(uploads, file);
  if (place === '' || place.startsWith('..') || path.isAbsolute(place)) return file;
  const target = path.join(own, place);
  await mkdir(path.dirname(target), { recursive: true });
  await rename(file, target);
  return target;
}
