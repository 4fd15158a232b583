import type { PreviewRow, TokenRole } from '#common/contract/engine.ts';
import { words } from '../../copy/index.ts';

export type Token = PreviewRow['tokens'][number];

/** Neighbours of one role: what a screen reader hears as one. */
export interface TokenRun {
  readonly role: TokenRole;
  readonly start: number;
  readonly tokens: readonly Token[];
}

export function tokenRuns(tokens: readonly Token[]): readonly TokenRun[] {
  const runs: { role: TokenRole; start: number; tokens: Token[] }[] = [];
  tokens.forEach((token, index) => {
    const last = runs.at(-1);
    if (last !== undefined && last.role === token.role) last.tokens.push(token);
    else runs.push({ role: token.role, start: index, tokens: [token] });
  });
  return runs;
}

/** Why this token has its colour. */
export function explainToken(tokens: readonly Token[], index: number): string {
  const { explain } = words.preview;
  const token = tokens[index];
  if (token === undefined) return '';
  if (token.role !== 'learned') return token.role === 'cut' ? explain.cut : explain.read;
  if (tokens[index - 1]?.role === 'read') return explain.first;
  return tokens[index + 1]?.role !== 'learned' && isSpecial(token) ? explain.stop : explain.learned;
}

/** Tokens with a meaning beyond their text, such as `<|im_end|>` or `<end_of_turn>`. */
export function isSpecial({ text }: Pick<Token, 'text'>): boolean {
  return /^<[^<>\s]+>$/.test(text.trim()) && text.trim().length > 2;
}
