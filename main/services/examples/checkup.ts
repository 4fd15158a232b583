import type { Finding as ShownFinding, Repair } from '#common/contract/app/examples.ts';
import type { Example } from '#common/domain/example.ts';
import { findingKinds, type Finding, type FindingKind } from '../doctor/finding.ts';
import { applyRepair, repairsOf, type Trouble } from './repairs.ts';

type Facts = ShownFinding['facts'];

/** Findings of one kind as a person meets them: one line, its rows, and what can be done. */
export interface Complaint extends Trouble {
  readonly facts: Facts;
  readonly repairs: readonly Repair[];
}

/** What can do most harm comes first. */
const order: readonly FindingKind[] = [
  'secret',
  'contradiction',
  'empty-answer',
  'short-answer',
  'broken-characters',
  'duplicate',
  'leakage',
  'too-long',
  'personal-data',
  'near-duplicate',
];

/** The doctor's findings put together by kind: nine pairs of copies are one thing to look at, not nine. */
export function complaintsOf(findings: readonly Finding[], rows: readonly Example[]): readonly Complaint[] {
  return order
    .filter((kind) => findingKinds.includes(kind))
    .flatMap((kind) => {
      const own = findings.filter((finding) => finding.kind === kind);
      if (own.length === 0) return [];
      const troubles: readonly Trouble[] = inGroups.has(kind)
        ? [{ kind, groups: own.flatMap((finding) => finding.groups ?? [finding.rows]) }]
        : own.map((finding) => ({ kind, groups: [finding.rows] }));
      return troubles.map((trouble, index) => {
        const facts = inGroups.has(kind) ? groupFacts(trouble, rows) : rowFacts(own[index], rows);
        return { ...trouble, facts, repairs: repairsOf(trouble, rows) };
      });
    });
}

const inGroups: ReadonlySet<FindingKind> = new Set(['duplicate', 'near-duplicate', 'contradiction']);

function groupFacts({ kind, groups }: Trouble, rows: readonly Example[]): Facts {
  if (kind !== 'contradiction') return { count: groups.flat().length - groups.length };
  const [first = []] = groups;
  return { count: groups.length, question: short(questionOf(rows[(first[0] ?? 0) - 1])) };
}

/** The rows are shown by the list; where there is only one, its place in its file says more. */
function rowFacts(finding: Finding | undefined, rows: readonly Example[]): Facts {
  if (finding === undefined) return { count: 0 };
  const { thing, maxTokens } = finding;
  const source = finding.rows.length === 1 ? rows[(finding.rows[0] ?? 0) - 1]?.source : undefined;
  return {
    count: finding.rows.length,
    ...(thing === undefined ? {} : { thing }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(source === undefined ? {} : { source }),
  };
}

function questionOf(example: Example | undefined): string {
  return example?.messages.findLast(({ role }) => role === 'user')?.content ?? '';
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

/** The rows after several repairs. */
export function repaired(
  rows: readonly Example[],
  jobs: readonly { readonly trouble: Trouble; readonly repair: Repair }[],
): readonly Example[] {
  const gone = new Set<number>();
  let changed: readonly Example[] = rows;
  for (const { trouble, repair } of jobs) {
    const result = applyRepair(changed, trouble, repair.kind);
    for (const row of result.gone) gone.add(row);
    if (result.changed.size > 0) changed = changed.map((row, index) => result.changed.get(index + 1) ?? row);
  }
  return changed.filter((_, index) => !gone.has(index + 1));
}
