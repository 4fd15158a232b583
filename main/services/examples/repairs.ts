import type { Repair } from '#common/contract/app/examples.ts';
import type { Example } from '#common/domain/example.ts';
import type { FindingKind } from '../doctor/finding.ts';
import { normalize } from '../doctor/fingerprint.ts';
import { hideSensitive } from '../doctor/secrets.ts';

/** Something that is wrong with examples; each group of rows (1-based) belongs together. */
export interface Trouble {
  readonly kind: FindingKind;
  readonly groups: readonly (readonly number[])[];
}

/** What can be done about it by one click. */
export function repairsOf(trouble: Trouble, all: readonly Example[]): readonly Repair[] {
  const { kind, groups } = trouble;
  const rows = groups.reduce((sum, group) => sum + group.length, 0);
  const remove = (safe: boolean): Repair => ({ kind: 'remove', safe, rows });
  const hide = (safe: boolean): Repair => ({ kind: 'hide', safe, rows });
  const keepFirst = (safe: boolean): Repair => ({
    kind: 'keep-first',
    safe,
    rows: applyRepair(all, trouble, 'keep-first').gone.length,
  });
  switch (kind) {
    case 'duplicate':
      return [keepFirst(true)];
    case 'near-duplicate':
    case 'contradiction':
      return [keepFirst(false)];
    case 'empty-answer':
    case 'short-answer':
      return [remove(true)];
    case 'secret':
      return [hide(true), remove(false)];
    case 'personal-data':
      return [hide(false), remove(false)];
    case 'too-long':
    case 'broken-characters':
      return [remove(false)];
    case 'leakage':
      return [];
  }
}

/** The rows after a repair; `gone` are those to drop (1-based). Changes nothing itself. */
export function applyRepair(
  rows: readonly Example[],
  { kind, groups }: Trouble,
  repair: Repair['kind'],
): { readonly gone: readonly number[]; readonly changed: ReadonlyMap<number, Example> } {
  switch (repair) {
    case 'remove':
      return { gone: groups.flat(), changed: new Map() };
    case 'keep-first':
      return { gone: groups.flatMap((group) => allButFirst(rows, kind, group)), changed: new Map() };
    case 'hide':
      return { gone: [], changed: new Map(groups.flat().flatMap((row) => hidden(rows, row, kind))) };
  }
}

/** Of a contradiction every row with the first answer stays: their being the same is another trouble. */
function allButFirst(rows: readonly Example[], kind: FindingKind, group: readonly number[]): readonly number[] {
  const first = rows[(group[0] ?? 0) - 1];
  if (kind !== 'contradiction' || first === undefined) return group.slice(1);
  const kept = answerOf(first);
  return group.filter((row) => {
    const example = rows[row - 1];
    return example !== undefined && answerOf(example) !== kept;
  });
}

/** As the doctor compares answers. */
function answerOf({ messages }: Example): string {
  return normalize(messages.findLast(({ role }) => role === 'assistant')?.content ?? '');
}

function hidden(rows: readonly Example[], row: number, kind: FindingKind): readonly (readonly [number, Example])[] {
  const example = rows[row - 1];
  if (example === undefined || (kind !== 'secret' && kind !== 'personal-data')) return [];
  const messages = example.messages.map(({ role, content }) => ({ role, content: hideSensitive(content, kind) }));
  return [[row, { ...example, messages }]];
}
