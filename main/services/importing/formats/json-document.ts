import type { ImportFormat, Row } from '../format.ts';
import { tooLongReason } from '../format.ts';
import { planRecords, type RecordPlan } from '../records.ts';
import { excerpt } from '../raw-text.ts';
import type { Correction } from '../report.ts';
import type { Sample, TextSource } from '../text-source.ts';
import { looksLikeTurns } from '../turns.ts';
import { JsonSplitter, jsonItems, type JsonItem, type JsonLayout } from './json-items.ts';
import { parseJson } from './json-parse.ts';

/** JSON as one list, as an object that holds a list, or as several values one after the other; printed any way. */
export const jsonDocument: ImportFormat = {
  name: 'json',
  plan(sample, correction) {
    const start = sample.text.trimStart()[0];
    if (correction.format !== 'json' && start !== '{' && start !== '[') return undefined;
    const layout = findLayout(sample, correction);
    const list = layout === 'members' ? (correction.list ?? findList(sample, correction)) : undefined;
    const records = planRecords(sampleValues(sample, layout, list, correction), correction);
    const place = { values: 'JSON values', elements: 'JSON list', members: `JSON, the list "${list}"` }[layout];
    return {
      // A text can begin with a bracket: without a single readable record this is hardly JSON.
      confidence: records.confidence > 0 ? 0.5 + 0.4 * records.confidence : 0.3,
      guess: { format: 'json', description: `${place}; ${records.description}`, columns: records.columns, list },
      rows: (source, note) => readDocument(source, { layout, list, records, correction, note }),
    };
  },
};

/** Which values are the examples? Decided by what the first of them look like. */
function findLayout(sample: Sample, correction: Correction): JsonLayout {
  if (correction.list !== undefined) return 'members';
  if (sample.text.trimStart().startsWith('[')) {
    const [first] = sampleValues(sample, 'elements', undefined, correction);
    // A list of messages is itself one example.
    return looksLikeTurns([first]) ? 'values' : 'elements';
  }
  const [whole] = sampleValues(sample, 'values', undefined, correction);
  if (whole !== undefined && planRecords([whole], correction).confidence >= 0.9) return 'values';
  return findList(sample, correction) === undefined ? 'values' : 'members';
}

/** The list in the top object whose elements look most like examples. */
function findList(sample: Sample, correction: Correction): string | undefined {
  const byList = new Map<string, unknown[]>();
  for (const item of sampleItems(sample, 'members')) {
    if (item.list === undefined || item.text === undefined) continue;
    const parsed = parseJson(item.text, correction.repair);
    const values = byList.get(item.list) ?? [];
    if ('value' in parsed && values.length < 100) values.push(parsed.value);
    byList.set(item.list, values);
  }
  const scored = [...byList].map(([list, values]) => {
    // The messages of a single conversation are no list of examples.
    const turns = looksLikeTurns(values);
    return { list, score: turns ? 0 : planRecords(values, correction).confidence };
  });
  return scored.filter(({ score }) => score > 0).toSorted((a, b) => b.score - a.score)[0]?.list;
}

function sampleItems(sample: Sample, layout: JsonLayout): readonly JsonItem[] {
  const splitter = new JsonSplitter(layout, sample.text.length);
  const items = splitter.push(sample.text);
  return sample.complete ? [...items, ...splitter.end()] : items;
}

function sampleValues(
  sample: Sample,
  layout: JsonLayout,
  list: string | undefined,
  correction: Correction,
): readonly unknown[] {
  const values: unknown[] = [];
  for (const item of sampleItems(sample, layout)) {
    if (item.text === undefined || (list !== undefined && item.list !== list)) continue;
    const parsed = parseJson(item.text, correction.repair);
    if ('value' in parsed) values.push(parsed.value);
    if (values.length === 100) break;
  }
  return values;
}

interface Reading {
  readonly layout: JsonLayout;
  readonly list: string | undefined;
  readonly records: RecordPlan;
  readonly correction: Correction;
  readonly note: (text: string) => void;
}

async function* readDocument(source: TextSource, reading: Reading): AsyncGenerator<Row> {
  const otherLists = new Set<string>();
  for await (const item of jsonItems(source.chunks(), reading.layout, source.maxRowChars)) {
    const { line, endLine, list } = item;
    if (reading.layout === 'members' && list !== reading.list) {
      if (list === undefined || otherLists.has(list)) continue;
      otherLists.add(list);
      reading.note(
        `The list "${list}" (line ${line}) was not read; "${reading.list}" was. Choose the other with "list".`,
      );
    } else if (item.text === undefined) {
      yield {
        line,
        endLine,
        reason: `${tooLongReason(source.maxRowChars)} (Perhaps a bracket that opens here is never closed.)`,
      };
    } else yield* readItem(item, item.text, reading);
  }
}

function* readItem(item: JsonItem, text: string, { correction, records }: Reading): Generator<Row> {
  const { line, endLine } = item;
  const parsed = parseJson(text, correction.repair);
  if ('value' in parsed) {
    yield { line, endLine, ...records.convert(parsed.value), raw: () => excerpt(text) };
    return;
  }
  const rescued = rescueLines(text, line, records);
  const closed = item.problem === undefined && rescued.length === 0;
  yield {
    line,
    endLine: rescued.length === 0 ? endLine : line,
    reason: closed
      ? withLine(parsed.reason, line, parsed.lineOffset)
      : `A bracket or quotation mark that opens here is never closed${rescued.length === 0 ? `, so nothing from line ${line} on could be read` : ''}.`,
    hint: parsed.hint,
    isRepairable: parsed.hint !== undefined,
    raw: () => excerpt(text, closed ? parsed.at : 0),
  };
  yield* rescued;
}

/** A bracket left open swallows the rows after it: those that are examples, each on its own line, are taken back. */
function rescueLines(text: string, firstLine: number, records: RecordPlan): readonly Row[] {
  const rows: Row[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const own = content.trim().replace(/[\],\s]+$/, '');
    if (index === 0 || !own.startsWith('{')) continue;
    const parsed = parseJson(own);
    const converted = 'value' in parsed ? records.convert(parsed.value) : undefined;
    const line = firstLine + index;
    if (converted !== undefined && 'messages' in converted) rows.push({ line, endLine: line, ...converted });
  }
  return rows;
}

function withLine(reason: string, line: number, lineOffset: number): string {
  return lineOffset === 0 ? reason : `${reason.slice(0, -1)} (on line ${line + lineOffset}).`;
}
