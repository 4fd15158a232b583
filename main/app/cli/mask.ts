import type { PreviewRow } from '#common/contract/engine.ts';
import type { Colors } from './output.ts';

type Token = PreviewRow['tokens'][number];

/**
 * The text with its mask: colours where there are any, else brackets around what is learned and braces around what
 * is cut. Control characters of the data must not reach the terminal.
 */
export function maskedText(tokens: readonly Token[], colors: Colors): string {
  const parts: string[] = [];
  for (const { role, texts } of runsOf(tokens)) {
    const text = visible(texts.join(''));
    if (text === '') continue;
    if (!colors.isColorSupported) parts.push(role === 'learned' ? `[${text}]` : role === 'cut' ? `{${text}}` : text);
    // Line by line, so that a pager that shows single lines keeps the colour.
    else
      parts.push(
        text
          .split('\n')
          .map((line) => paint(role, line, colors))
          .join('\n'),
      );
  }
  return parts.join('');
}

function paint(role: Token['role'], line: string, { green, dim, red, strikethrough }: Colors): string {
  if (line === '') return '';
  if (role === 'learned') return green(line);
  return role === 'cut' ? red(strikethrough(line)) : dim(line);
}

function runsOf(tokens: readonly Token[]): { readonly role: Token['role']; readonly texts: string[] }[] {
  const runs: { readonly role: Token['role']; readonly texts: string[] }[] = [];
  for (const { role, text } of tokens) {
    const last = runs.at(-1);
    if (last?.role === role) last.texts.push(text);
    else runs.push({ role, texts: [text] });
  }
  return runs;
}

/** Control characters as their pictures (U+2400 and on); line ends and tabs stay. */
export function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\uFFFD';
  });
}
