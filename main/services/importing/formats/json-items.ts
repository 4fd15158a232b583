/*
 * Cuts a JSON text of any size into its items without understanding them; each is then parsed on its own. Own code
 * because a row-level report needs what stream parsers do not give: the line of every item, and going on after a
 * malformed one.
 */

/** Which values of a text are its items. */
export type JsonLayout =
  /** Every value at the top: `{...} {...}`. */
  | 'values'
  /** The elements of the list at the top: `[{...}, {...}]`. */
  | 'elements'
  /** The elements of the lists in the object at the top: `{"data": [{...}, {...}]}`. */
  | 'members';

export interface JsonItem {
  /** 1-based. */
  readonly line: number;
  readonly endLine: number;
  /** The item's JSON text; absent where it is too long. */
  readonly text?: string;
  readonly problem?: 'too-long' | 'unclosed';
  /** With layout 'members': the name of the list it is in. */
  readonly list?: string | undefined;
}

/** Items in order. A line break inside a string ends the string: JSON allows none, and the damage stays in one item. */
export async function* jsonItems(
  chunks: AsyncIterable<string>,
  layout: JsonLayout,
  maxRowChars: number,
): AsyncGenerator<JsonItem> {
  const splitter = new JsonSplitter(layout, maxRowChars);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

const stringStops = /["\\\n]/g;
const structureStops = /["{}[\]\n]/g;

/** The state machine behind `jsonItems`; `push` returns the items that ended in this piece of text. */
export class JsonSplitter {
  readonly #layout: JsonLayout;
  readonly #maxRowChars: number;
  #line = 1;
  #depth = 0;
  /** True inside a list whose elements are items. */
  #inList = false;
  #inString = false;
  #escaped = false;
  /** 'scalar' is an item without brackets: a string, a number, or stray text. */
  #item: 'none' | 'nested' | 'scalar' = 'none';
  #itemLine = 0;
  #itemDepth = 0;
  #tooLong = false;
  #text = '';
  /** Where the item's text in the current piece begins. */
  #from = 0;
  /** Text of the last string at depth 1: the name of the list that may follow. */
  #name: string | undefined;
  #nameFrom = -1;
  #list: string | undefined;

  constructor(layout: JsonLayout, maxRowChars: number) {
    this.#layout = layout;
    this.#maxRowChars = maxRowChars;
  }

  push(chunk: string): readonly JsonItem[] {
    const items: JsonItem[] = [];
    this.#from = 0;
    this.#nameFrom = this.#nameFrom === -1 ? -1 : 0;
    let at = 0;
    if (this.#escaped && chunk.length > 0) {
      this.#escaped = false;
      if (chunk[0] !== '\n') at = 1;
    }
    while (at < chunk.length) at = this.#inString ? this.#string(chunk, at, items) : this.#structure(chunk, at, items);
    if (this.#item !== 'none') this.#keep(chunk, chunk.length);
    if (this.#nameFrom !== -1) this.#name = ((this.#name ?? '') + chunk.slice(this.#nameFrom)).slice(0, 200);
    return items;
  }

  end(): readonly JsonItem[] {
    if (this.#item === 'none') return [];
    const { line, list } = { line: this.#itemLine, list: this.#list };
    if (this.#item === 'scalar' && !this.#tooLong) return [{ line, endLine: this.#line, text: this.#text, list }];
    if (this.#tooLong) return [{ line, endLine: this.#line, problem: 'too-long', list }];
    return [{ line, endLine: this.#line, problem: 'unclosed', text: this.#text, list }];
  }

  #string(chunk: string, at: number, items: JsonItem[]): number {
    stringStops.lastIndex = at;
    const stop = stringStops.exec(chunk)?.index ?? chunk.length;
    if (stop === chunk.length) return stop;
    const char = chunk[stop];
    if (char === '\\') {
      if (stop + 1 === chunk.length) this.#escaped = true;
      // An escaped line break is malformed too, and must be counted.
      return chunk[stop + 1] === '\n' ? stop + 1 : stop + 2;
    }
    this.#inString = false;
    if (this.#nameFrom !== -1) {
      this.#name = (this.#name ?? '') + chunk.slice(this.#nameFrom, stop);
      this.#nameFrom = -1;
    }
    if (char === '\n') return stop;
    if (this.#item === 'scalar') this.#finish(chunk, stop + 1, items);
    return stop + 1;
  }

  #structure(chunk: string, at: number, items: JsonItem[]): number {
    if (this.#item === 'scalar') return this.#scalar(chunk, at, items);
    if (this.#item === 'none' && (this.#depth === 0 || this.#inList)) return this.#betweenItems(chunk, at);
    structureStops.lastIndex = at;
    const stop = structureStops.exec(chunk)?.index ?? chunk.length;
    switch (chunk[stop]) {
      case undefined:
        return stop;
      case '\n':
        this.#line += 1;
        break;
      case '"':
        this.#inString = true;
        if (this.#item === 'none' && this.#depth === 1) {
          this.#name = '';
          this.#nameFrom = stop + 1;
        }
        break;
      case '{':
      case '[':
        if (this.#item === 'none' && this.#depth === 1 && chunk[stop] === '[') this.#enterList(this.#name);
        this.#depth += 1;
        break;
      default:
        this.#depth = Math.max(0, this.#depth - 1);
        if (this.#item === 'nested' && this.#depth === this.#itemDepth) this.#finish(chunk, stop + 1, items);
    }
    return stop + 1;
  }

  #enterList(name: string | undefined): void {
    this.#inList = true;
    this.#list = name;
  }

  /** At the top or in a list of items: the next character that is no separator begins an item, or the list itself. */
  #betweenItems(chunk: string, at: number): number {
    const char = chunk[at] ?? '';
    if (char === '\n') this.#line += 1;
    if (/[\s,]/.test(char)) return at + 1;
    if (char === ']' || char === '}') {
      this.#depth = Math.max(0, this.#depth - 1);
      this.#inList = false;
      return at + 1;
    }
    const opensContainer =
      this.#depth === 0 &&
      ((this.#layout === 'elements' && char === '[') || (this.#layout === 'members' && char === '{'));
    if (opensContainer) {
      if (char === '[') this.#enterList(undefined);
      this.#depth = 1;
      return at + 1;
    }
    this.#item = char === '{' || char === '[' ? 'nested' : 'scalar';
    this.#itemLine = this.#line;
    this.#itemDepth = this.#depth;
    this.#from = at;
    this.#text = '';
    this.#tooLong = false;
    if (this.#item === 'nested') this.#depth += 1;
    else if (char === '"') this.#inString = true;
    return at + 1;
  }

  #scalar(chunk: string, at: number, items: JsonItem[]): number {
    // Stray text between whole values is one fault, however many words it has.
    const isEnd = this.#depth === 0 ? /[\n{[]/ : /[\s,\]}]/;
    let stop = at;
    while (stop < chunk.length && !isEnd.test(chunk[stop] ?? '')) stop += 1;
    if (stop < chunk.length) this.#finish(chunk, stop, items);
    return stop;
  }

  #keep(chunk: string, end: number): void {
    if (this.#tooLong) return;
    if (this.#text.length + end - this.#from > this.#maxRowChars) {
      this.#tooLong = true;
      this.#text = '';
    } else this.#text += chunk.slice(this.#from, end);
  }

  #finish(chunk: string, end: number, items: JsonItem[]): void {
    this.#keep(chunk, end);
    const place = { line: this.#itemLine, endLine: this.#line, list: this.#list };
    items.push(this.#tooLong ? { ...place, problem: 'too-long' } : { ...place, text: this.#text });
    this.#item = 'none';
    this.#text = '';
  }
}
