import type { ImportFormat, Row } from '../format.ts';
import { tooLongReason } from '../format.ts';
import { planRecords, type RecordPlan } from '../records.ts';
import { excerpt } from '../raw-text.ts';
import type { Correction } from '../report.ts';
import { lineBatches, sampleLines, type Sample, type TextSource } from '../text-source.ts';
import { parseJson } from './json-parse.ts';

/** One JSON value a line (.jsonl, .ndjson). A malformed line costs only itself. */
export const jsonLines: ImportFormat = {
  name: 'json-lines',
  plan(sample, correction) {
    const share = jsonLineShare(sample);
    if (correction.format !== 'json-lines' && share < 0.6) return undefined;
    const values = sampleValues(sample, correction);
    const records = planRecords(values, correction);
    return {
      confidence: 0.6 * share + 0.4 * records.confidence,
      guess: {
        format: 'json-lines',
        description: `JSON lines; ${records.description}`,
        columns: records.columns,
      },
      rows: (source) => readLines(source, records, correction),
    };
  },
};

/** Share of the lines that look like one whole value each: `{...}`, or a list of messages. */
function jsonLineShare(sample: Sample): number {
  const lines = sampleLines(sample)
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines.length === 0) return 0;
  const whole = lines.filter((line) => /^\{.*\S.*\},?$|^\[\s*\{.*\}\s*\],?$/s.test(line)).length;
  const begun = lines.filter((line) => /^\{\s*["']/.test(line)).length;
  return Math.max(whole, begun === lines.length ? begun * 0.9 : 0) / lines.length;
}

function sampleValues(sample: Sample, correction: Correction): readonly unknown[] {
  const values: unknown[] = [];
  for (const line of sampleLines(sample)) {
    if (line.trim() === '') continue;
    const parsed = parseJson(line, correction.repair);
    if ('value' in parsed) values.push(parsed.value);
    if (values.length === 100) break;
  }
  return values;
}

async function* readLines(source: TextSource, records: RecordPlan, correction: Correction): AsyncGenerator<Row> {
  for await (const batch of lineBatches(source)) {
    for (const { number: line, text, tooLong } of batch) {
      if (tooLong) yield { line, endLine: line, reason: tooLongReason(source.maxRowChars) };
      else if (text.trim() !== '') yield { line, endLine: line, ...convertJson(text, records, correction) };
    }
  }
}

function convertJson(text: string, records: RecordPlan, correction: Correction) {
  const parsed = parseJson(text, correction.repair);
  if ('value' in parsed) return { ...records.convert(parsed.value), raw: () => excerpt(text) };
  const { reason, hint, at } = parsed;
  return { reason, hint, isRepairable: hint !== undefined, raw: () => excerpt(text, at) };
}
