import { TunesmithError } from '#common/domain/errors.ts';
import type { ImportFormat, ReadingPlan } from './format.ts';
import { delimited } from './formats/delimited.ts';
import { jsonDocument } from './formats/json-document.ts';
import { jsonLines } from './formats/json-lines.ts';
import { labelledText } from './formats/labelled-text.ts';
import { markdown } from './formats/markdown.ts';
import type { Correction } from './report.ts';
import type { Sample } from './text-source.ts';

/** Every format of a single file's text. Where two are equally sure, the earlier is taken. */
const formats: readonly ImportFormat[] = [jsonLines, jsonDocument, labelledText, markdown, delimited];

/** Below this a guess is worse than asking. */
const enoughConfidence = 0.25;

/**
 * The best way to read a text, or undefined where no format recognises it.
 * @throws TunesmithError `bad-request` where the person asks for a format that reads no single file
 */
export function choosePlan(sample: Sample, correction: Correction): ReadingPlan | undefined {
  if (correction.format !== undefined) {
    const forced = formats.find(({ name }) => name === correction.format)?.plan(sample, correction);
    if (forced !== undefined) return forced;
    throw new TunesmithError('bad-request', `A file cannot be read as "${correction.format}".`, {
      advice: `Choose one of: ${formats.map(({ name }) => name).join(', ')}.`,
    });
  }
  return formats
    .map((format) => format.plan(sample, correction))
    .filter((plan) => plan !== undefined && plan.confidence >= enoughConfidence)
    .toSorted((a, b) => (b?.confidence ?? 0) - (a?.confidence ?? 0))[0];
}
