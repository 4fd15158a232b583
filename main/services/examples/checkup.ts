import type { Repair } from '#common/contract/app/examples.ts';
import type { Example } from '#common/domain/example.ts';
import { findingKinds, type Finding, type FindingKind } from '../doctor/finding.ts';
import { applyRepair, repairsOf, type Trouble } from './repairs.ts';

/** Findings of one kind as a person meets them: one line, its rows, and what can be done. */
export interface Complaint extends Trouble {
  readonly message: string;
  readonly advice: string;
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
        const words = inGroups.has(kind) ? groupWords(trouble, rows) : rowWords(own[index], rows);
        return { ...trouble, ...words, repairs: repairsOf(trouble, rows) };
      });
    });
}

const inGroups: ReadonlySet<FindingKind> = new Set(['duplicate', 'near-duplicate', 'contradiction']);

interface Words {
  readonly message: string;
  readonly advice: string;
}

function groupWords({ kind, groups }: Trouble, rows: readonly Example[]): Words {
  const extra = groups.flat().length - groups.length;
  const many = (count: number): string => count.toLocaleString('en');
  if (kind === 'duplicate') {
    return {
      message: extra === 1 ? '1 exact copy' : `${many(extra)} exact copies`,
      advice: 'They would count twice and teach nothing new.',
    };
  }
  if (kind === 'near-duplicate') {
    return {
      message: extra === 1 ? '1 example is nearly a copy' : `${many(extra)} examples are nearly copies`,
      advice: 'They say nearly the same as another. Keep them where the small difference matters.',
    };
  }
  const [first = []] = groups;
  const asked = `“${short(questionOf(rows[(first[0] ?? 0) - 1]))}”`;
  return groups.length === 1
    ? {
        message: 'Answers disagree',
        advice: `${asked} is answered in different ways. The model cannot know which one is wanted.`,
      }
    : {
        message: `${many(groups.length)} questions have answers that disagree`,
        advice: `The first is ${asked}. The model cannot know which answer is wanted.`,
      };
}

/** A button beside it says what can be done; the command line has none and says it in words. */
const shortAdvice: Partial<Record<FindingKind, string>> = {
  secret: 'A model can repeat what it learns. If it is a real one, have it revoked too.',
  'personal-data': 'A model can repeat what it learns.',
  'short-answer': 'A dash, dots or “n/a” teach only that.',
  'empty-answer': 'Write the answers, or take them out.',
  'too-long': 'Their ends would be cut off.',
};

/** The rows are shown by the list; where there is only one, its place in its file says more. */
function rowWords(finding: Finding | undefined, rows: readonly Example[]): Words {
  if (finding === undefined) return { message: '', advice: '' };
  const message = finding.message
    .replace(/(?:,|:| in) ?rows? [\d, and]+(?: more)?\.$/, '')
    .replace(/ that can be learned \(.*\)$/, '')
    .replace(/ \(the longest .*\), and the end would be cut off$/, '')
    .replace(/\.$/, '');
  const advice = shortAdvice[finding.kind] ?? finding.advice;
  const source = finding.rows.length === 1 ? rows[(finding.rows[0] ?? 0) - 1]?.source : undefined;
  if (source === undefined) return { message, advice };
  const name = source.file.split(/[\\/]/).at(-1) ?? source.file;
  const place = source.line === undefined ? `row ${source.row}` : `line ${source.line}`;
  return { message, advice: `${name}, ${place}. ${advice}` };
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
