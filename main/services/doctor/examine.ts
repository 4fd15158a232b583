import type { Example } from '#common/domain/example.ts';
import type { SensitiveThing } from '#common/domain/sensitive.ts';
import { readDataset } from '../importing/dataset-file.ts';
import { hasBrokenCharacters } from './broken-text.ts';
import type { Finding } from './finding.ts';
import { fingerprint, type Fingerprint } from './fingerprint.ts';
import { Groups, joinEqual } from './groups.ts';
import { joinNearDuplicates } from './near-duplicates.ts';
import { repetitionFindings } from './repetitions.ts';
import { findSensitive, type Sensitive } from './secrets.ts';
import { listRows, plural } from './words.ts';

export interface ExamineOptions {
  /** Examples of more tokens (estimated) are reported as too long. Default 2048. */
  readonly maxTokens?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((examples: number) => void) | undefined;
}

const defaultMaxTokens = 2048;

/**
 * Examines a data set for what spoils training. Reads it once, streaming; keeps a fingerprint of at most about one
 * kilobyte per example. Findings are advice: nothing is changed.
 * @throws TunesmithError `file-not-found`, `file-corrupt`
 */
export async function examine(datasetPath: string, options: ExamineOptions = {}): Promise<readonly Finding[]> {
  const prints: Fingerprint[] = [];
  const marks = new RowMarks(options.maxTokens ?? defaultMaxTokens);
  for await (const { row, example } of readDataset(datasetPath, options.signal)) {
    prints.push(fingerprint(example));
    marks.add(row, example);
    if (row % 1000 === 0) options.onProgress?.(row);
  }
  const groups = new Groups(prints.length);
  joinEqual(
    groups,
    prints.map(({ exact }) => exact),
  );
  await joinNearDuplicates(prints, groups, options.signal);
  return [...repetitionFindings(prints, groups), ...marks.findings()];
}

/** Characters per token differ by script: about 4 in European text, 1 to 2 in Chinese, Japanese and Korean. */
export function estimateTokens(text: string): number {
  const dense = text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/gu)?.length ?? 0;
  return Math.ceil((text.length - dense) / 4 + dense / 1.5);
}

/** Rows that a single look at them gives away. */
class RowMarks {
  readonly #maxTokens: number;
  readonly #empty: number[] = [];
  readonly #short: number[] = [];
  readonly #long: number[] = [];
  readonly #broken: number[] = [];
  #longest = 0;
  readonly #sensitive = new Map<SensitiveThing, { readonly found: Sensitive; readonly rows: number[] }>();

  constructor(maxTokens: number) {
    this.#maxTokens = maxTokens;
  }

  add(row: number, { messages }: Example): void {
    const answers = messages.filter(({ role }) => role === 'assistant').map(({ content }) => content.trim());
    if (answers.length === 0 || answers.some((answer) => answer === '')) this.#empty.push(row);
    else if (answers.every(saysNothing)) this.#short.push(row);
    const text = messages.map(({ content }) => content).join('\n');
    const tokens = estimateTokens(text);
    if (tokens > this.#maxTokens) this.#long.push(row);
    this.#longest = Math.max(this.#longest, tokens);
    if (hasBrokenCharacters(text)) this.#broken.push(row);
    for (const found of findSensitive(text)) {
      const entry = this.#sensitive.get(found.thing) ?? { found, rows: [] };
      entry.rows.push(row);
      this.#sensitive.set(found.thing, entry);
    }
  }

  findings(): readonly Finding[] {
    const findings: Finding[] = [];
    const add = (rows: readonly number[], finding: Omit<Finding, 'rows'>): void => {
      if (rows.length > 0) findings.push({ ...finding, rows });
    };
    add(this.#empty, {
      kind: 'empty-answer',
      message: `${plural(this.#empty, 'example has', 'examples have')} an empty answer: ${listRows(this.#empty)}.`,
      advice: 'Write the answers, or remove these examples.',
    });
    add(this.#short, {
      kind: 'short-answer',
      message: `${plural(this.#short, 'answer says', 'answers say')} nothing that can be learned (a dash, dots, "n/a" or the like): ${listRows(this.#short)}.`,
      advice: 'Write real answers, or remove these examples.',
    });
    add(this.#long, {
      kind: 'too-long',
      maxTokens: this.#maxTokens,
      message: `${plural(this.#long, 'example is', 'examples are')} longer than about ${this.#maxTokens} tokens (the longest has about ${this.#longest}), and the end would be cut off: ${listRows(this.#long)}.`,
      advice: 'Shorten them or split them in several. Longer examples also need much more memory and time.',
    });
    for (const { found, rows } of this.#sensitive.values()) add(rows, sensitiveFinding(found, rows));
    add(this.#broken, {
      kind: 'broken-characters',
      message: `${plural(this.#broken, 'example holds', 'examples hold')} damaged characters, such as "Ã©" for "é": ${listRows(this.#broken)}.`,
      advice:
        'The file was once saved or read in a wrong encoding. Export it again as UTF-8, or choose its encoding when importing.',
    });
    return findings;
  }
}

/** "-", "...", "n/a", "todo": placeholders. A number, "yes" or a single letter can be a full answer. */
function saysNothing(answer: string): boolean {
  return !/[\p{L}\p{N}]/u.test(answer)
    ? answer.length <= 3
    : /^(?:n\/?a|todo|tbd|fixme|none given|null|undefined|nan)\.?$/i.test(answer);
}

function sensitiveFinding({ kind, thing, what }: Sensitive, rows: readonly number[]): Omit<Finding, 'rows'> {
  return {
    kind,
    thing,
    message: `${plural(rows, 'example seems', 'examples seem')} to hold ${what}: ${listRows(rows)}.`,
    advice:
      kind === 'secret'
        ? 'A model repeats what it learned to anybody who asks. Replace it by a placeholder; if it was real and the file was shared, have it revoked.'
        : 'A model repeats what it learned to anybody who asks. Replace it unless it may be known to all.',
  };
}
