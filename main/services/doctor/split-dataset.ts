import path from 'node:path';
import { DatasetWriter, readDataset, type WrittenDataset } from '../importing/dataset-file.ts';
import { asImportFailure } from '../importing/import-failure.ts';
import { fingerprint, hashText, mix, type Fingerprint } from './fingerprint.ts';
import { related } from './leakage.ts';

/** Below this many examples none is held out: every one is needed for learning, and so few measure nothing. */
export const fewestForHeldOut = 32;

export interface SplitOptions {
  /** Share to hold out, 0 to 0.5. */
  readonly heldOut: number;
  readonly seed: number;
  /** At most this many examples are held out. */
  readonly maxHeldOut?: number | undefined;
  /** Where to write; default beside the data set, `NAME.train.jsonl` and `NAME.held-out.jsonl`. */
  readonly trainPath?: string | undefined;
  readonly heldOutPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Split {
  readonly trainPath: string;
  /** null where none is held out. */
  readonly heldOutPath: string | null;
  readonly trainExamples: number;
  readonly heldOutExamples: number;
  /** Of the files' bytes; null where `trainPath` is the data set itself. */
  readonly trainSha256: string | null;
  readonly heldOutSha256: string | null;
  /** 1-based rows of the data set that were held out, ascending. */
  readonly heldOutRows: readonly number[];
  /** Why none is held out, in words. */
  readonly reason?: string | undefined;
}

/**
 * Parts a data set in examples to learn and examples held out for evaluation: by seed, so that the same data and seed
 * give the same split; spread over the source files and answer lengths; examples that are alike, and answers to the
 * same question, on one side. Both files keep the order of the data set and appear atomically.
 * @throws TunesmithError `file-not-found`, `file-corrupt`, `disk-full`, `file-not-writable`, `cancelled`
 */
export async function splitDataset(datasetPath: string, options: SplitOptions): Promise<Split> {
  try {
    return await split(datasetPath, options);
  } catch (error) {
    throw asImportFailure(error);
  }
}

async function split(datasetPath: string, options: SplitOptions): Promise<Split> {
  const rows: RowFacts[] = [];
  for await (const { example } of readDataset(datasetPath, options.signal)) {
    const last = example.messages.findLast(({ role }) => role === 'assistant');
    rows.push({
      print: fingerprint(example),
      file: example.source?.file ?? '',
      answerChars: last?.content.length ?? 0,
    });
  }
  const wanted = Math.min(Math.round(rows.length * options.heldOut), options.maxHeldOut ?? Infinity);
  if (options.heldOut === 0 || wanted === 0) return unsplit(datasetPath, rows.length, 'No share was to be held out.');
  if (rows.length < fewestForHeldOut) {
    return unsplit(
      datasetPath,
      rows.length,
      `With fewer than ${fewestForHeldOut} examples all are needed for learning; compare answers instead.`,
    );
  }
  const heldOut = await chooseRows(rows, wanted, options);
  if (heldOut.size === 0)
    return unsplit(datasetPath, rows.length, 'The examples are so alike that none could be held out fairly.');
  return write(datasetPath, heldOut, options);
}

function unsplit(datasetPath: string, examples: number, reason: string): Split {
  return {
    trainPath: datasetPath,
    heldOutPath: null,
    trainExamples: examples,
    heldOutExamples: 0,
    trainSha256: null,
    heldOutSha256: null,
    heldOutRows: [],
    reason,
  };
}

interface RowFacts {
  readonly print: Fingerprint;
  readonly file: string;
  readonly answerChars: number;
}

interface Group {
  readonly rows: readonly number[];
  readonly file: string;
  readonly answerChars: number;
  /** Decides the order within a class by seed and contents. */
  readonly lot: number;
}

/**
 * Picks groups evenly along an order by file and length of answer, so that both sides hold long and short ones of
 * every file. Returns 0-based rows, never more than wanted.
 */
async function chooseRows(
  rows: readonly RowFacts[],
  wanted: number,
  { seed, signal }: SplitOptions,
): Promise<ReadonlySet<number>> {
  const alike = await related(
    rows.map(({ print }) => print),
    signal,
  );
  const groups = [...alike.all().values()].map((members): Group => {
    const first = rows[members[0] ?? 0];
    const lot = mix(hashText(`${seed}:${first?.print.exact}`) >>> 0);
    return { rows: members, file: first?.file ?? '', answerChars: first?.answerChars ?? 0, lot };
  });
  const ordered = groups.toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      lengthClass(a) - lengthClass(b) ||
      a.lot - b.lot ||
      (a.rows[0] ?? 0) - (b.rows[0] ?? 0),
  );
  const chosen = new Set<number>();
  const passedOver: Group[] = [];
  // A running debt: each group adds its share of what is wanted, and is taken when a whole one of its size is due.
  let owed = (mix(seed >>> 0) / 2 ** 32) * 0.999;
  for (const group of ordered) {
    owed += (group.rows.length * wanted) / rows.length;
    if (owed >= group.rows.length && chosen.size + group.rows.length <= wanted) {
      for (const row of group.rows) chosen.add(row);
      owed -= group.rows.length;
    } else passedOver.push(group);
  }
  // Large groups leave a rest that small ones fill.
  for (const group of passedOver.toSorted((a, b) => a.rows.length - b.rows.length || a.lot - b.lot)) {
    if (chosen.size + group.rows.length > wanted) break;
    for (const row of group.rows) chosen.add(row);
  }
  return chosen.size < rows.length ? chosen : new Set();
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Answers of a quarter to four times the length count as similar. */
const lengthClass = ({ answerChars }: Group): number => Math.floor(Math.log2(answerChars + 1) / 2);

async function write(datasetPath: string, heldOut: ReadonlySet<number>, options: SplitOptions): Promise<Split> {
  const base = datasetPath.slice(0, datasetPath.length - path.extname(datasetPath).length);
  await using train = await DatasetWriter.create(options.trainPath ?? `${base}.train.jsonl`);
  await using held = await DatasetWriter.create(options.heldOutPath ?? `${base}.held-out.jsonl`);
  for await (const { row, example } of readDataset(datasetPath, options.signal)) {
    const full = (heldOut.has(row - 1) ? held : train).add(example);
    if (full !== undefined) await full;
  }
  const writtenHeld: WrittenDataset = await held.finish();
  const writtenTrain: WrittenDataset = await train.finish();
  return {
    trainPath: writtenTrain.path,
    heldOutPath: writtenHeld.path,
    trainExamples: writtenTrain.examples,
    heldOutExamples: writtenHeld.examples,
    trainSha256: writtenTrain.sha256,
    heldOutSha256: writtenHeld.sha256,
    heldOutRows: [...heldOut].map((row) => row + 1).toSorted((a, b) => a - b),
  };
}
