import type { AppContract } from '#common/contract/app/app.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Example } from '#common/domain/example.ts';
import { complaintsOf, repaired, type Complaint } from '../../services/examples/checkup.ts';
import type { ExampleSet } from '../../services/examples/example-set.ts';
import { matching } from '../../services/examples/matching.ts';
import { formatNames, type ImportProgress } from '../../services/importing/report.ts';
import { latestOf } from '../../services/watch/latest.ts';
import type { Context } from './context.ts';
import { pathsOf, readInto } from './examples-import.ts';

type Draft = { readonly draft: string };
interface Checkup {
  readonly revision: number;
  readonly complaints: readonly Complaint[];
}

/** More rows or groups than this of one finding are counted but not named. */
const namedRows = 1000;
const namedGroups = 200;

export function exampleHandlers(context: Context): Handlers<AppContract['examples']> {
  const { drafts, examples, reader } = context;
  const checkups = new Map<string, Checkup>();
  const searches = new Map<string, { readonly key: string; readonly found: ReturnType<typeof matching> }>();

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
  const checkupOf = async (input: Draft, signal?: AbortSignal): Promise<Checkup> => {
    const set = await setOf(input);
    const { revision, state } = set;
    const known = checkups.get(input.draft);
    if (known?.revision === revision) return known;
    if (state.rows.length === 0) return { revision, complaints: [] };
    const { path: datasetPath } = await examples.file(input.draft);
    const result = { revision, complaints: complaintsOf(await reader.examine({ datasetPath }, signal), state.rows) };
    checkups.set(input.draft, result);
    return result;
  };
  /** Pages of one search follow each other: the newest search of a draft is remembered. */
  const found = (input: Parameters<typeof matching>[1] & Draft, set: ExampleSet) => {
    const { draft, search, file, rows } = input;
    const key = JSON.stringify([set.revision, search, file, rows]);
    const known = searches.get(draft);
    if (known?.key === key) return known.found;
    const entry = { key, found: matching(set.state.rows, { search, file, rows }) };
    searches.set(draft, entry);
    return entry.found;
  };
  const complaintsAt = async (input: Draft & { readonly revision: number }): Promise<readonly Complaint[]> => {
    const { revision, complaints } = await checkupOf(input);
    if (revision === input.revision) return complaints;
    throw new TunesmithError('bad-request', 'The examples have changed since they were looked at.', {
      advice: 'Look at the findings again.',
      retryable: true,
    });
  };

  return {
    formats: async () => [...formatNames],
    async *import(input, signal) {
      const set = await setOf(input);
      const paths = await pathsOf(context, input.draft, input.inputs);
      const { correction: { format, ...rest } = {}, replaceSameFiles } = input;
      const name = formatNames.find((each) => each === format);
      if (format !== undefined && name === undefined)
        throw new TunesmithError('bad-request', `There is no format "${format}".`);
      const correction = name === undefined ? rest : { ...rest, format: name };
      const progress = latestOf<ImportProgress>();
      const work = readInto(context, set, paths, { correction, replaceSameFiles, onProgress: progress.push, signal });
      work.then(progress.end, progress.end);
      for await (const { stage, file, completedBytes, totalBytes, examples: count } of progress.values(signal)) {
        yield { type: 'progress' as const, stage, file, completedBytes, totalBytes, examples: count };
      }
      try {
        yield { type: 'done' as const, ...(await work), summary: set.summary() };
      } finally {
        await examples.changed(input.draft);
      }
    },
    removeFile: (input) => changing(input, (set) => set.removeFile(input.file)),
    summary: async (input) => (await setOf(input)).summary(),
    rows: async (input) => {
      const set = await setOf(input);
      const { state, revision } = set;
      const numbers = await found(input, set);
      const total = numbers?.length ?? state.rows.length;
      const end = Math.min(total, input.offset + input.limit);
      const rows = [];
      for (let at = input.offset; at < end; at += 1) {
        const row = numbers?.[at] ?? at + 1;
        const example = state.rows[row - 1];
        if (example !== undefined) rows.push({ row, ...shown(example, input.chars) });
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
      const { revision, complaints } = await checkupOf(input, signal);
      return {
        revision,
        findings: complaints.map(({ kind, groups, facts, repairs }, index) => {
          const rows = groups.flat();
          return {
            id: String(index),
            kind,
            rows: rows.slice(0, namedRows),
            rowCount: rows.length,
            facts,
            groups: groups.slice(0, namedGroups).map((group) => [...group]),
            repairs: [...repairs],
          };
        }),
      };
    },
    repair: async (input) => {
      const trouble = (await complaintsAt(input))[Number(input.finding)];
      const repair = trouble?.repairs.find(({ kind }) => kind === input.repair);
      if (trouble === undefined || repair === undefined)
        throw new TunesmithError('bad-request', 'There is no such repair.');
      return await changing(input, (set) =>
        set.change({ kind: 'repair', count: repair.rows }, { rows: repaired(set.state.rows, [{ trouble, repair }]) }),
      );
    },
    repairSafe: async (input) => {
      const jobs = (await complaintsAt(input)).flatMap((trouble) => {
        const repair = trouble.repairs.find(({ safe }) => safe);
        return repair === undefined ? [] : [{ trouble, repair }];
      });
      return await changing(input, (set) => {
        if (jobs.length > 0)
          set.change({ kind: 'repair-safe', count: jobs.length }, { rows: repaired(set.state.rows, jobs) });
      });
    },
    undo: (input) => changing(input, (set) => set.undo()),
    redo: (input) => changing(input, (set) => set.redo()),
  };
}

/** A row for the window; with `chars` only the beginning of each text. */
function shown({ messages, source }: Example, chars = Infinity) {
  const isCut = messages.some(({ content }) => content.length > chars);
  return {
    messages: isCut ? messages.map(({ role, content }) => ({ role, content: content.slice(0, chars) })) : [...messages],
    ...(isCut ? { isCut } : {}),
    ...(source === undefined ? {} : { source }),
  };
}
