import { z } from 'zod';
import { blindChoiceSchema, type BlindResult, type BlindState } from '#common/contract/app/comparing.ts';
import { signTest } from '#common/domain/sign-test.ts';

/** A taste test as it is kept: which side is which, and what was chosen so far. */
export const blindTestSchema = z.object({
  pairs: z.array(z.object({ prompt: z.string(), base: z.string(), tuned: z.string(), baseIsA: z.boolean() })),
  votes: z.array(blindChoiceSchema),
  finished: z.boolean(),
});
export type BlindTest = z.infer<typeof blindTestSchema>;

/** What the person may see of it. */
export function blindStateOf(test: BlindTest): BlindState {
  const { pairs, votes, finished } = test;
  const next = pairs[votes.length];
  if (finished || next === undefined) return { phase: 'result', result: resultOf(test) };
  const [a, b] = next.baseIsA ? [next.base, next.tuned] : [next.tuned, next.base];
  return {
    phase: 'voting',
    pair: { index: votes.length, prompt: next.prompt, a, b },
    done: votes.length,
    total: pairs.length,
  };
}

/** Below this, chance alone is called an unlikely explanation. */
const unlikely = 0.05;

function resultOf({ pairs, votes }: BlindTest): BlindResult {
  const judged = votes.flatMap((vote, index) => {
    const pair = pairs[index];
    if (pair === undefined) return [];
    const { prompt, base, tuned, baseIsA } = pair;
    const chosen = vote === 'both' || vote === 'neither' ? vote : (vote === 'a') === baseIsA ? 'base' : 'tuned';
    return [{ prompt, base, tuned, chosen } as const];
  });
  const count = (side: string): number => judged.filter(({ chosen }) => chosen === side).length;
  const [base, tuned] = [count('base'), count('tuned')];
  const pValue = signTest(tuned, base);
  const verdict =
    base + tuned === 0
      ? 'nothing-chosen'
      : pValue >= unlikely
        ? 'unclear'
        : tuned > base
          ? 'tuned-better'
          : 'base-better';
  return { tuned, base, ties: judged.length - base - tuned, pValue, verdict, pairs: judged };
}
