/** Of the differences between two natural-log probabilities of one token, over one answer. */
export interface Tolerance {
  readonly mean: number;
  readonly largest: number;
}

export interface ParityRow {
  /** The person's last message. */
  readonly prompt: string;
  /** Both without the token that opens a sequence. */
  readonly appText: string;
  readonly ollamaText: string | undefined;
  readonly appTokens: number;
  readonly ollamaTokens: number | undefined;
  readonly comparedTokens: number;
  readonly meanDifference: number | undefined;
  readonly largestDifference: number | undefined;
  /** Undefined where Ollama reported no log-probabilities, or the answer has no token to compare. */
  readonly logprobsAgree: boolean | undefined;
  readonly sameAnswer: boolean | undefined;
  readonly answer: string;
}

/** What was checked after an installation, to be kept with the run. Plain data. */
export interface ParityCertificate {
  readonly name: string;
  readonly ollamaVersion: string;
  /** `incomplete`: nothing differs, but this server could not be asked everything. */
  readonly verdict: 'agrees' | 'differs' | 'incomplete';
  /** One or two sentences for the person. */
  readonly words: string;
  readonly tolerance: Tolerance;
  readonly rows: readonly ParityRow[];
}

export function certificate(checked: Omit<ParityCertificate, 'verdict' | 'words'>): ParityCertificate {
  return { ...checked, ...judge(checked) };
}

function judge({
  rows,
  tolerance,
}: Omit<ParityCertificate, 'verdict' | 'words'>): Pick<ParityCertificate, 'verdict' | 'words'> {
  const count = rows.length;
  const texts = rows.find((row) => row.ollamaText !== undefined && row.ollamaText !== row.appText);
  if (texts !== undefined) {
    return {
      verdict: 'differs',
      words: `Ollama shows the model another text than Tunesmith does: ${firstDifference(texts)}.`,
    };
  }
  const tokens = rows.find((row) => row.ollamaTokens !== undefined && row.ollamaTokens !== row.appTokens);
  if (tokens !== undefined) {
    return {
      verdict: 'differs',
      words: `Ollama reads “${short(tokens.prompt)}” as ${tokens.ollamaTokens} tokens, Tunesmith as ${tokens.appTokens}.`,
    };
  }
  const unsure = rows.find((row) => row.logprobsAgree === false);
  if (unsure !== undefined) {
    return {
      verdict: 'differs',
      words:
        `On “${short(unsure.prompt)}” Ollama and Tunesmith do not agree how likely the answer is ` +
        `(log-probabilities differ by ${shown(unsure.meanDifference)} on average and ${shown(unsure.largestDifference)} at most; ` +
        `allowed are ${tolerance.mean} and ${tolerance.largest}).`,
    };
  }
  const isWhole = rows.every((row) => row.ollamaText !== undefined && row.ollamaTokens !== undefined);
  const compared = rows.reduce((sum, row) => sum + row.comparedTokens, 0);
  if (count === 0 || !isWhole || compared === 0) {
    return {
      verdict: 'incomplete',
      words: 'Nothing differs, but this Ollama could not be asked everything that belongs to the check.',
    };
  }
  const largest = Math.max(...rows.map((row) => row.largestDifference ?? 0));
  const mean = Math.max(...rows.map((row) => row.meanDifference ?? 0));
  return {
    verdict: 'agrees',
    words:
      `Ollama and Tunesmith read ${count} of ${count} test questions the same, token for token, and agree on the answers: ` +
      `over ${compared} tokens the log-probabilities differ by ${shown(mean)} on average and ${shown(largest)} at most ` +
      `(allowed are ${tolerance.mean} and ${tolerance.largest}).`,
  };
}

function firstDifference({ appText, ollamaText = '' }: ParityRow): string {
  let at = 0;
  while (at < appText.length && appText[at] === ollamaText[at]) at += 1;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 30));
  return `${around(ollamaText)} instead of ${around(appText)}`;
}

function shown(difference: number | undefined): string {
  return difference === undefined || Number.isNaN(difference) ? 'an unknown amount' : difference.toFixed(3);
}

function short(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
