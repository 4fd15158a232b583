import type { Repair } from '#common/contract/app/examples.ts';
import type { Example } from '#common/domain/example.ts';
import type { Finding } from '../doctor/finding.ts';
import { fingerprint } from '../doctor/fingerprint.ts';
import { hideSensitive } from '../doctor/secrets.ts';

/** What can be done about a finding by one click. `isWhole` is false where it stands for many groups put together. */
export function repairsOf({ kind, rows }: Finding, isWhole: boolean): readonly Repair[] {
  const remove = (safe: boolean): Repair => ({
    kind: 'remove',
    safe,
    label: rows.length === 1 ? 'Remove it' : `Remove all ${rows.length}`,
  });
  const keepFirst = (safe: boolean, label: string): Repair => ({ kind: 'keep-first', safe, label });
  switch (kind) {
    case 'duplicate':
      return [keepFirst(true, 'Keep one')];
    case 'near-duplicate':
      return isWhole ? [keepFirst(false, 'Keep the first')] : [];
    case 'contradiction':
      return [keepFirst(false, 'Keep the first answer'), remove(false)];
    case 'empty-answer':
    case 'short-answer':
      return [remove(true)];
    case 'secret':
      return [{ kind: 'hide', safe: true, label: 'Hide it' }, remove(false)];
    case 'personal-data':
      return [{ kind: 'hide', safe: false, label: 'Hide it' }, remove(false)];
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
  finding: Finding,
  repair: Repair['kind'],
): { readonly gone: ReadonlySet<number>; readonly changed: ReadonlyMap<number, Example> } {
  const none = { gone: new Set<number>(), changed: new Map<number, Example>() };
  switch (repair) {
    case 'remove':
      return { ...none, gone: new Set(finding.rows) };
    case 'keep-first':
      return { ...none, gone: new Set(allButFirst(rows, finding)) };
    case 'hide':
      return { ...none, changed: new Map(finding.rows.flatMap((row) => hidden(rows, row, finding))) };
  }
}

/** A finding may put several groups together: each keeps its first row. */
function allButFirst(rows: readonly Example[], { kind, rows: numbers }: Finding): readonly number[] {
  if (kind === 'near-duplicate') return numbers.slice(1);
  const seen = new Set<number>();
  return numbers.filter((row) => {
    const example = rows[row - 1];
    if (example === undefined) return false;
    const print = fingerprint(example);
    const key = kind === 'duplicate' ? print.exact : print.question;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

function hidden(rows: readonly Example[], row: number, { kind }: Finding): readonly (readonly [number, Example])[] {
  const example = rows[row - 1];
  if (example === undefined || (kind !== 'secret' && kind !== 'personal-data')) return [];
  const messages = example.messages.map(({ role, content }) => ({ role, content: hideSensitive(content, kind) }));
  return [[row, { ...example, messages }]];
}
