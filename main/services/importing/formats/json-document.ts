import type { ImportFormat, Row } from '../format.ts';
import { tooLongReason } from '../format.ts';
import { planRecords, type RecordPlan } from '../records.ts';
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
      reading.note(`The list "${list}" (line ${line}) was not read; "${reading.list}" was. Choose the other with "list".`);
    } else if (item.text === undefined) {
      yield { line, endLine, reason: problemReason(item, source.maxRowChars) };
    } else {
      const parsed = parseJson(item.text, reading.correction.repair);
      if ('value' in parsed) yield { line, endLine, ...reading.records.convert(parsed.value) };
      else yield { line, endLine, reason: withLine(parsed.reason, line, parsed.lineOffset), hint: parsed.hint };
    }
  }
}

function problemReason(item: JsonItem, maxRowChars: number): string {
  return item.problem === 'too-long'
    ? `${tooLongReason(maxRowChars)} (Perhaps a bracket that opens here is never closed.)`
    : `A bracket that opens here is never closed, so nothing from line ${item.line} on could be read.`;
}

function withLine(reason: string, line: number, lineOffset: number): string {
  return lineOffset === 0 ? reason : `${reason.slice(0, -1)} (on line ${line + lineOffset}).`;
}
