import type { Finding, Repair } from '#common/contract/app/examples.ts';
import { words } from '../../copy/index.ts';
import { count, fileName } from '../../ui/format.ts';

export function titleOf({ kind, facts }: Finding): string {
  return words.findings.title[kind](facts, count(facts.count));
}

/** With the place of the only row: the list shows where several are. */
export function adviceOf({ kind, facts }: Finding): string {
  const advice = words.findings.advice[kind](facts);
  const { source } = facts;
  if (source === undefined) return advice;
  const name = fileName(source.file);
  const place =
    source.line === undefined ? words.examples.row(name, source.row ?? 0) : words.examples.line(name, source.line);
  return words.findings.at(place, advice);
}

export function repairOf({ kind }: Finding, repair: Repair): string {
  return words.findings.repair(kind, repair, count(repair.rows));
}

export function effectOf({ kind }: Finding, repair: Repair): string {
  return words.findings.effect(kind, repair, count(repair.rows));
}
