import { randomUUID } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type { Repair } from '#common/contract/app/examples.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Example } from '#common/domain/example.ts';
import { importDataset } from '../../features/importing/import-dataset.ts';
import { examine } from '../../services/doctor/examine.ts';
import type { Finding } from '../../services/doctor/finding.ts';
import type { ExampleSet, KnownFile } from '../../services/examples/example-set.ts';
import { applyRepair, repairsOf } from '../../services/examples/repairs.ts';
import { readDataset } from '../../services/importing/dataset-file.ts';
import type { EmptyImport } from '../../services/importing/import-files.ts';
import { formatNames, type ImportProgress } from '../../services/importing/report.ts';
import { rememberedSha256 } from '../../store/file-sha256.ts';
import type { Context } from './context.ts';
import { latestOf } from './latest.ts';

type Draft = { readonly draft: string };
interface Examined {
  readonly revision: number;
  readonly findings: readonly { readonly finding: Finding; readonly repairs: readonly Repair[] }[];
}

const titles: Record<(typeof formatNames)[number], string> = {
  'json-lines': 'JSON lines: one example a line',
  json: 'JSON',
  delimited: 'A table (CSV, TSV)',
  'labelled-text': 'Text with labels such as # INPUT and # OUTPUT',
  'paired-files': 'Pairs of files: a question and its answer',
};

export function exampleHandlers(context: Context): Handlers<AppContract['examples']> {
  const { drafts, examples } = context;
  const examined = new Map<string, Examined>();

  const setOf = async ({ draft }: Draft): Promise<ExampleSet> => {
    drafts.get(draft);
    return await examples.get(draft);
  };
  const changing = async (input: Draft, change: (set: ExampleSet) => void) => {
    const set = await setOf(input);
    change(set);
    await examples.changed(input.draft);
    return set.summary();
  };
  const findingsOf = async (input: Draft, signal?: AbortSignal): Promise<Examined> => {
    const set = await setOf(input);
    const { revision } = set;
    const known = examined.get(input.draft);
    if (known?.revision === revision) return known;
    if (set.state.rows.length === 0) return { revision, findings: [] };
    const { path: file } = await examples.file(input.draft);
    const nearDuplicates = { count: 0 };
    const findings = (await examine(file, { signal })).map((finding) => {
      if (finding.kind === 'near-duplicate') nearDuplicates.count += 1;
      return { finding, repairs: repairsOf(finding, nearDuplicates.count <= 100) };
    });
    const result = { revision, findings };
    examined.set(input.draft, result);
    return result;
  };
  const found = async (input: Draft & { readonly revision: number }): Promise<Examined> => {
    const result = await findingsOf(input);
    if (result.revision === input.revision) return result;
    throw new TunesmithError('bad-request', 'The examples have changed since they were looked at.', {
      advice: 'Look at the findings again.',
      retryable: true,
    });
  };

  return {
    formats: async () => formatNames.map((name) => ({ name, title: titles[name] })),
    async *import(input, signal) {
      const set = await setOf(input);
      const paths = await pathsOf(context, input.draft, input.inputs);
      const { correction = {}, replaceSameFiles } = input;
      const { format, ...rest } = correction;
      if (format !== undefined && !(formatNames as readonly string[]).includes(format)) {
        throw new TunesmithError('bad-request', `There is no format "${format}".`);
      }
      const progress = latestOf<ImportProgress>();
      const work = read(context, set, paths, {
        correction: { ...rest, ...(format === undefined ? {} : { format: format as (typeof formatNames)[number] }) },
        replaceSameFiles,
        onProgress: progress.push,
        signal,
      });
      work.then(progress.end, progress.end);
      for await (const { stage, file, completedBytes, totalBytes, examples: count } of progress.values(signal)) {
        yield { type: 'progress' as const, stage, file, completedBytes, totalBytes, examples: count };
      }
      try {
        const { added, rejected } = await work;
        yield { type: 'done' as const, added, rejected, summary: set.summary() };
      } finally {
        await examples.changed(input.draft);
      }
    },
    removeFile: (input) => changing(input, (set) => set.removeFile(input.file)),
    summary: async (input) => (await setOf(input)).summary(),
    rows: async (input) => {
      const { state, revision } = await setOf(input);
      const numbers = matching(state.rows, input);
      const total = numbers?.length ?? state.rows.length;
      const end = Math.min(total, input.offset + input.limit);
      const rows = [];
      for (let at = input.offset; at < end; at += 1) {
        const row = numbers?.[at] ?? at + 1;
        const example = state.rows[row - 1];
        if (example === undefined) continue;
        const { messages, source } = example;
        rows.push({ row, messages: [...messages], ...(source === undefined ? {} : { source }) });
      }
      return { revision, total, rows };
    },
    rejected: async (input) => {
      const { rejected, rejectedCount } = (await setOf(input)).state;
      return { total: rejectedCount, rows: rejected.slice(input.offset, input.offset + input.limit) };
    },
    edit: (input) => changing(input, (set) => set.edit(input.row, input.messages)),
    add: (input) => changing(input, (set) => set.add(input.examples, input.at)),
    remove: (input) => changing(input, (set) => set.remove(input.rows)),
    findings: async (input, signal) => {
      const { revision, findings } = await findingsOf(input, signal);
      return {
        revision,
        findings: findings.map(({ finding: { kind, rows, message, advice }, repairs }, index) => ({
          id: String(index),
          kind,
          rows: rows.slice(0, 1000),
          rowCount: rows.length,
          message,
          advice,
          repairs: [...repairs],
        })),
      };
    },
    repair: async (input) => {
      const { findings } = await found(input);
      const one = findings[Number(input.finding)];
      const repair = one?.repairs.find(({ kind }) => kind === input.repair);
      if (one === undefined || repair === undefined)
        throw new TunesmithError('bad-request', 'There is no such repair.');
      return await changing(input, (set) => repairAll(set, [{ finding: one.finding, repair }], repair.label));
    },
    repairSafe: async (input) => {
      const { findings } = await found(input);
      const jobs = findings.flatMap(({ finding, repairs }) => {
        const repair = repairs.find(({ safe }) => safe);
        return repair === undefined ? [] : [{ finding, repair }];
      });
      return await changing(input, (set) => {
        if (jobs.length > 0) repairAll(set, jobs, 'the safe repairs');
      });
    },
    undo: (input) => changing(input, (set) => set.undo()),
    redo: (input) => changing(input, (set) => set.redo()),
  };
}

function repairAll(
  set: ExampleSet,
  jobs: readonly { readonly finding: Finding; readonly repair: Repair }[],
  label: string,
): void {
  const gone = new Set<number>();
  let rows: readonly Example[] = set.state.rows;
  for (const { finding, repair } of jobs) {
    const result = applyRepair(rows, finding, repair.kind);
    for (const row of result.gone) gone.add(row);
    if (result.changed.size > 0) rows = rows.map((row, index) => result.changed.get(index + 1) ?? row);
  }
  set.change(label, { rows: rows.filter((_, index) => !gone.has(index + 1)) });
}

/** 1-based rows that match; undefined where nothing is asked for and all do. */
function matching(
  rows: readonly Example[],
  { search, rows: wanted }: { readonly search?: string | undefined; readonly rows?: readonly number[] | undefined },
): readonly number[] | undefined {
  if (search === undefined && wanted === undefined) return undefined;
  const text = search?.trim().toLowerCase() ?? '';
  const candidates = wanted ?? rows.map((_, index) => index + 1);
  return candidates.filter((row) => {
    const example = rows[row - 1];
    return example !== undefined && example.messages.some(({ content }) => content.toLowerCase().includes(text));
  });
}

interface ReadOptions {
  readonly correction: Parameters<typeof importDataset>[1]['correction'];
  readonly replaceSameFiles: boolean;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

/** Reads files into the set as one step that can be undone. What nothing came of is remembered with its reasons. */
async function read(context: Context, set: ExampleSet, paths: readonly string[], options: ReadOptions) {
  const { correction = {}, onProgress, signal } = options;
  try {
    const deps = { tmpFolder: context.layout.tmp, correction, examine: false, onProgress, signal };
    await using imported = await importDataset(paths, deps);
    const rows: Example[] = [];
    for await (const { example } of readDataset(imported.path, signal)) rows.push(example);
    await take(context, set, imported.report, rows, options);
    return { added: rows.length, rejected: imported.report.rejectedCount };
  } catch (error) {
    const cause = error instanceof TunesmithError && error.code === 'data-empty' ? error.cause : undefined;
    if (typeof cause === 'object' && cause !== null) await take(context, set, cause as EmptyImport, [], options);
    throw error;
  }
}

async function take(
  { store }: Context,
  set: ExampleSet,
  report: EmptyImport,
  added: readonly Example[],
  { replaceSameFiles }: ReadOptions,
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
  set.change(files.length === 1 ? 'the import of a file' : `the import of ${files.length} files`, {
    rows: [...state.rows.filter(({ source }) => source === undefined || !again.has(source.file)), ...added],
    files: [...state.files.filter(({ file }) => !again.has(file)), ...files],
    rejected: [...rejected, ...report.rejected],
    rejectedCount: state.rejectedCount - (state.rejected.length - rejected.length) + report.rejectedCount,
  });
}

/** Pasted text becomes a file of the draft's, so that it is imported like any other. */
async function pathsOf(
  { drafts }: Context,
  draft: string,
  inputs: readonly (
    | { readonly kind: 'path'; readonly path: string }
    | { readonly kind: 'text'; readonly text: string; readonly name: string }
  )[],
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const input of inputs) {
    if (input.kind === 'path') {
      if (!path.isAbsolute(input.path)) throw new TunesmithError('bad-request', `${input.path} is not a whole path.`);
      paths.push(input.path);
      continue;
    }
    const folder = path.join(drafts.folder(draft), 'pasted', randomUUID().slice(0, 8));
    const file = path.join(folder, path.basename(input.name).replaceAll(/[^\p{L}\p{N}._ -]/gu, '_') || 'pasted.txt');
    await mkdir(folder, { recursive: true });
    await writeFile(file, input.text);
    paths.push(file);
  }
  return paths;
}
