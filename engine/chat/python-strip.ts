/**
 * Python's `text.lstrip('\n')` takes away newlines only; @huggingface/jinja 0.5.11 ignores the argument and takes away
 * all white space, so Qwen 3's template would eat an answer's indentation. Calls with an argument are rewritten, in the
 * parsed template, into calls of functions that do what Python does.
 */

/** Variables that a rewritten program needs. */
export const stripFunctions = {
  python_strip: (text: string, characters: string) => left(right(text, characters), characters),
  python_lstrip: (text: string, characters: string) => left(text, characters),
  python_rstrip: (text: string, characters: string) => right(text, characters),
} as const;

const names: Readonly<Record<string, keyof typeof stripFunctions>> = {
  strip: 'python_strip',
  lstrip: 'python_lstrip',
  rstrip: 'python_rstrip',
};

/** A node of the parsed template: plain data with a `type`. */
type Node = Readonly<Record<string, unknown>>;

/** A copy of the program with every `x.strip(chars)` as `python_strip(x, chars)`, likewise lstrip and rstrip. */
export function withPythonStrip<T>(program: T): T {
  return rewrite(program) as T;
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null || value instanceof Map) return value;
  const node = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, rewrite(child)])) as Node;
  const { callee, args } = node;
  if (node['type'] !== 'CallExpression' || !isNode(callee) || !Array.isArray(args) || args.length === 0) return node;
  const { object, property } = callee;
  if (callee['type'] !== 'MemberExpression' || callee['computed'] === true || !isNode(property)) return node;
  const name = names[String(property['value'])];
  if (name === undefined) return node;
  return { ...node, callee: { type: 'Identifier', value: name }, args: [object, ...(args as unknown[])] };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function left(text: string, characters: string): string {
  const kept = [...text].findIndex((character) => !characters.includes(character));
  return kept < 0 ? '' : [...text].slice(kept).join('');
}

function right(text: string, characters: string): string {
  const kept = [...text].findLastIndex((character) => !characters.includes(character));
  return [...text].slice(0, kept + 1).join('');
}
