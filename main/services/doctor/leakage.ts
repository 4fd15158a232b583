import { readDataset } from '../importing/dataset-file.ts';
import type { Finding } from './finding.ts';
import { fingerprint, type Fingerprint } from './fingerprint.ts';
import { Groups, joinEqual } from './groups.ts';
import { joinNearDuplicates } from './near-duplicates.ts';
import { listRows, plural } from './words.ts';

/**
 * Held-out examples that training has seen: the same question, or nearly the same text, stands in both data sets.
 * The rows of the finding are those of the held-out set; its message names some of the training rows.
 * @throws TunesmithError `file-not-found`, `file-corrupt`
 */
export async function leakage(
  trainPath: string,
  heldOutPath: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly Finding[]> {
  const train = await prints(trainPath, options.signal);
  const heldOut = await prints(heldOutPath, options.signal);
  const groups = await related([...train, ...heldOut], options.signal);
  const rows: number[] = [];
  const trainRows: number[] = [];
  for (const group of groups.several()) {
    const [first] = group;
    if (first === undefined || first >= train.length) continue;
    const leaked = group.filter((row) => row >= train.length);
    if (leaked.length === 0) continue;
    rows.push(...leaked.map((row) => row - train.length + 1));
    trainRows.push(first + 1);
  }
  if (rows.length === 0) return [];
  rows.sort((a, b) => a - b);
  return [
    {
      kind: 'leakage',
      rows,
      message: `${plural(rows, 'held-out example is', 'held-out examples are')} (nearly) the same as one to learn from: held-out ${listRows(rows)}, learned ${listRows(trainRows)}.`,
      advice:
        'Remove them from one side. What was practised with the solution at hand tells nothing about what was understood.',
    },
  ];
}

async function prints(datasetPath: string, signal?: AbortSignal): Promise<readonly Fingerprint[]> {
  const all: Fingerprint[] = [];
  for await (const { example } of readDataset(datasetPath, signal)) all.push(fingerprint(example));
  return all;
}

/** Joins rows (0-based) that must not stand on both sides: the same, nearly the same, or answers to one question. */
export async function related(all: readonly Fingerprint[], signal?: AbortSignal): Promise<Groups> {
  const groups = new Groups(all.length);
  joinEqual(
    groups,
    all.map(({ question }) => question),
  );
  await joinNearDuplicates(all, groups, signal);
  return groups;
}
