import type { Finding, FindingKind } from './finding.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Groups } from './groups.ts';
import { listRows, plural } from './words.ts';

/** More groups than this of one kind are put together in one finding. */
const groupsShown = 100;

/** Duplicates, near duplicates and contradictions. `near` joins the rows that are alike, equal ones included. */
export function repetitionFindings(prints: readonly Fingerprint[], near: Groups): readonly Finding[] {
  const equal = collect(prints, ({ exact }) => exact).filter((rows) => rows.length > 1);
  const sameQuestion = collect(prints, ({ question }) => question).filter((rows) => answersOf(rows, prints) > 1);
  const alike = near
    .several()
    .map((rows) => firstOfEach(rows, prints))
    // Different texts with one question are contradictions, reported as such.
    .filter((rows) => new Set(rows.map((row) => prints[row]?.question)).size > 1);
  return [
    ...findings('duplicate', equal, (rows) => ({
      message: `The same example stands in ${listRows(rows.map(fromOne))}.`,
      advice: 'Keep one of them: an example seen twice is learned by heart rather than understood.',
    })),
    ...findings('contradiction', sameQuestion, (rows) => ({
      message: `The same question has ${answersOf(rows, prints)} different answers in ${listRows(rows.map(fromOne))}.`,
      advice:
        'Keep the best answer, or make the questions say what makes the difference. The model cannot know which is wanted.',
    })),
    ...findings('near-duplicate', alike, (rows) => ({
      message: `Nearly the same is said in ${listRows(rows.map(fromOne))}.`,
      advice: 'Keep them if the small difference matters; else keep one.',
    })),
  ];
}

function findings(
  kind: FindingKind,
  groups: readonly (readonly number[])[],
  words: (rows: readonly number[]) => { readonly message: string; readonly advice: string },
): readonly Finding[] {
  const shown = groups.slice(0, groupsShown).map((rows) => ({ kind, rows: rows.map(fromOne), ...words(rows) }));
  const rest = groups.slice(groupsShown);
  if (rest.length === 0) return shown;
  const rows = rest
    .flat()
    .map(fromOne)
    .toSorted((a, b) => a - b);
  const [first] = shown;
  const message = `The same holds for ${plural(rest.length, 'more group', 'more groups')} of examples: ${listRows(rows)}.`;
  const together = rest.map((group) => group.map(fromOne));
  return [...shown, { kind, rows, groups: together, message, advice: first?.advice ?? '' }];
}

/** Rows (0-based) by a key, each group ascending, in order of first appearance. */
function collect(prints: readonly Fingerprint[], key: (print: Fingerprint) => number): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  prints.forEach((print, row) => {
    const rows = groups.get(key(print));
    if (rows === undefined) groups.set(key(print), [row]);
    else rows.push(row);
  });
  return [...groups.values()];
}

const fromOne = (row: number): number => row + 1;

function answersOf(rows: readonly number[], prints: readonly Fingerprint[]): number {
  return new Set(rows.map((row) => prints[row]?.answer)).size;
}

/** Exact repetitions are reported as such; a near duplicate is between different texts. */
function firstOfEach(rows: readonly number[], prints: readonly Fingerprint[]): readonly number[] {
  const seen = new Set<number | undefined>();
  return rows.filter((row) => {
    const exact = prints[row]?.exact;
    if (seen.has(exact)) return false;
    seen.add(exact);
    return true;
  });
}
