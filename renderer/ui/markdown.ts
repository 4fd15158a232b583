/** How an answer wants to be shown. */
export type AnswerLook = 'markdown' | 'code' | 'prose';

/**
 * Only clear signs count as Markdown: an invented language may begin its lines with `#` or `-` and would lose its shape. Text that
 * is indented is shown as code, so that its columns stay.
 */
export function lookOf(text: string): AnswerLook {
  if (/^\s*```/m.test(text) || /\*\*[^*\n]+\*\*/.test(text) || /(^|\s)`[^`\n]+`/.test(text)) return 'markdown';
  if ((text.match(/^\s{0,3}(?:[-*]|\d+\.) \S/gm) ?? []).length >= 2 && !/^\s{4,}\S/m.test(text)) return 'markdown';
  if (/^(?: {2,}|\t)\S/m.test(text)) return 'code';
  if (/[{}<>;=]|\(\)|::|->|=>/.test(text) && text.split(/\s+/).length < 40) return 'code';
  return 'prose';
}
