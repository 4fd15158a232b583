import type { Parity, ParityRow } from '#common/contract/app/installing.ts';

/** Ollama leaves the usual tag out. */
export function shortName(name: string): string {
  return name.replace(/:latest$/, '');
}

export function runCommand(name: string): string {
  return `ollama run ${shortName(name)}`;
}

/** `Marlow templates` -> `marlow-templates` */
export function suggestName(title: string): string {
  const name = title
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9._]+/g, '-')
    .replaceAll(/^[-._]+|[-._]+$/g, '');
  return name === '' ? 'my-model' : name.slice(0, 80);
}

/** How a question came out; null where this Ollama did not tell. */
export interface RowReading {
  readonly text: boolean | null;
  readonly tokens: boolean | null;
  readonly answer: 'identical' | 'sure' | 'close' | 'different' | null;
  readonly agrees: boolean;
}

export function readRow(row: ParityRow): RowReading {
  const text = row.ollamaText === undefined ? null : row.ollamaText === row.appText;
  const tokens = row.ollamaTokens === undefined ? null : row.ollamaTokens === row.appTokens;
  return {
    text,
    tokens,
    answer: answerOf(row),
    agrees: text !== false && tokens !== false && row.logprobsAgree !== false,
  };
}

function answerOf({ logprobsAgree, sameAnswer }: ParityRow): RowReading['answer'] {
  if (logprobsAgree === undefined) return sameAnswer === true ? 'identical' : null;
  if (!logprobsAgree) return 'different';
  return sameAnswer === undefined ? 'sure' : sameAnswer ? 'identical' : 'close';
}

/** What differs first: what comes later may only follow from it. */
export function kindOfDifference(parity: Parity): 'text' | 'tokens' | 'sureness' | null {
  const rows = parity.rows.map(readRow);
  if (rows.some(({ text }) => text === false)) return 'text';
  if (rows.some(({ tokens }) => tokens === false)) return 'tokens';
  return rows.some(({ answer }) => answer === 'different') ? 'sureness' : null;
}
