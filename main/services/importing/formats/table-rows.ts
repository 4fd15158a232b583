import Papa from 'papaparse';

/** One row of a delimited text with the lines it stands on (1-based), or the line where the quoting is broken. */
export type TableRow =
  | { readonly line: number; readonly endLine: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly endLine: number; readonly problem: 'unclosed-quote' | 'stray-quote' | 'too-long' }
  | { readonly line: number; readonly endLine: null; readonly problem: 'gave-up' };

/** Every broken quote makes the parser read on to find the end; past this many the file is not what it seems. */
const brokenQuoteLimit = 200;

/**
 * Parses delimited text in bounded memory. Papa Parse does the parsing; this feeds it, counts lines, and after a
 * broken quote goes on at the next line, so that one stray quotation mark does not swallow the rest of the file.
 */
export async function* tableRows(
  chunks: AsyncIterable<string>,
  delimiter: string,
  maxRowChars: number,
): AsyncGenerator<TableRow> {
  const state: State = { text: '', line: 1, broken: 0, skipping: false };
  let parseAt = 0;
  for await (const chunk of chunks) {
    state.text += chunk;
    if (state.skipping) dropLine(state);
    // An incomplete row is parsed again from its start: only when the text has doubled, to stay linear.
    if (state.text.length < parseAt) continue;
    yield* drain(state, delimiter, maxRowChars, false);
    if (state.broken > brokenQuoteLimit) break;
    parseAt = Math.min(state.text.length * 2, maxRowChars + 1);
  }
  if (state.broken <= brokenQuoteLimit) yield* drain(state, delimiter, maxRowChars, true);
  if (state.broken > brokenQuoteLimit) yield { line: state.line, endLine: null, problem: 'gave-up' };
}

interface State {
  text: string;
  line: number;
  broken: number;
  /** True while the rest of a dropped line is still to come. */
  skipping: boolean;
}

function* drain(state: State, delimiter: string, maxRowChars: number, last: boolean): Generator<TableRow> {
  while (state.text.length > 0 && state.broken <= brokenQuoteLimit) {
    const { rows, broken } = parsePiece(state, delimiter, last);
    yield* rows;
    if (broken !== undefined) {
      state.broken += 1;
      yield { line: state.line, endLine: state.line, problem: broken };
      dropLine(state);
    } else if (!last && state.text.length > maxRowChars) {
      const quoted = state.text.indexOf('\n') !== -1;
      if (quoted) state.broken += 1;
      yield { line: state.line, endLine: state.line, problem: quoted ? 'unclosed-quote' : 'too-long' };
      dropLine(state);
    } else return;
  }
}

function dropLine(state: State): void {
  const end = state.text.indexOf('\n');
  state.skipping = end === -1;
  state.text = end === -1 ? '' : state.text.slice(end + 1);
  if (end !== -1) state.line += 1;
}

type Broken = 'unclosed-quote' | 'stray-quote';

/** Parses all complete rows of the text and removes them from it; stops before a row whose quotes are broken. */
function parsePiece(
  state: State,
  delimiter: string,
  last: boolean,
): { readonly rows: readonly TableRow[]; readonly broken: Broken | undefined } {
  const { text } = state;
  const rows: TableRow[] = [];
  let done = 0;
  let broken: Broken | undefined;
  const parser = new Papa.Parser({
    delimiter,
    newline: '\n',
    step: (result: Papa.ParseStepResult<string[]>) => {
      const [error] = result.errors;
      if (error !== undefined) {
        broken = error.code === 'MissingQuotes' ? 'unclosed-quote' : 'stray-quote';
        parser.abort();
        return;
      }
      const end = result.meta.cursor;
      const [cells] = result.data as unknown as readonly string[][];
      const startLine = state.line;
      const breaks = countBreaks(text, done, end);
      const endsWithBreak = text[end - 1] === '\n' && end > done;
      state.line += breaks;
      if (cells !== undefined && end > done) {
        rows.push({ line: startLine, endLine: state.line - (endsWithBreak ? 1 : 0), cells });
      }
      done = end;
    },
  });
  parser.parse(text, 0, !last);
  state.text = text.slice(done);
  return { rows, broken };
}

function countBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
