import { z } from 'zod';
import type { ForgettingResult } from '#common/contract/app/comparing.ts';
import { signTest } from '#common/domain/sign-test.ts';
import { generalKinds, generalQuestions, type GeneralQuestion } from './general-questions.ts';

/** What both sides answered to a general question. */
export const forgettingRowSchema = z.object({ prompt: z.string(), base: z.string(), tuned: z.string() });
export type ForgettingRow = z.infer<typeof forgettingRowSchema>;

/** Longest answer that is waited for: the questions ask for a few words. */
export const generalAnswerTokens = 48;

/** Below this, chance alone is called an unlikely explanation. */
const unlikely = 0.05;

/** True where one of the accepted answers stands in the text as whole words, whatever the case. */
export function isRight({ accept }: Pick<GeneralQuestion, 'accept'>, answer: string): boolean {
  const text = ` ${answer
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
  return accept.some((each) => text.includes(` ${each.toLowerCase()} `));
}

/** Counts what each side knew. What counts as forgotten: right before, wrong after. */
export function forgettingResult(rows: readonly ForgettingRow[], at: number): ForgettingResult {
  const judged = rows.flatMap((row) => {
    const question = generalQuestions.find(({ prompt }) => prompt === row.prompt);
    if (question === undefined) return [];
    return [{ ...row, kind: question.kind, before: isRight(question, row.base), after: isRight(question, row.tuned) }];
  });
  const kinds = generalKinds.map((kind) => {
    const of = judged.filter((each) => each.kind === kind);
    return {
      kind,
      of: of.length,
      before: of.filter(({ before }) => before).length,
      after: of.filter(({ after }) => after).length,
    };
  });
  const lost = judged.filter(({ before, after }) => before && !after);
  const gained = judged.filter(({ before, after }) => !before && after);
  const before = judged.filter((each) => each.before).length;
  const pValue = signTest(gained.length, lost.length);
  return {
    at,
    of: judged.length,
    before,
    after: judged.filter(({ after }) => after).length,
    kinds,
    lost: lost.map(({ kind, prompt, base, tuned }) => ({ kind, prompt, base, tuned })),
    gained: gained.length,
    pValue,
    verdict: verdictOf(before, lost.length, gained.length, pValue),
  };
}

function verdictOf(before: number, lost: number, gained: number, pValue: number): ForgettingResult['verdict'] {
  // Of a model that knew almost nothing, nothing can be said.
  if (before < 4) return 'knew-little';
  if (lost === 0) return 'kept';
  return lost > gained && pValue < unlikely ? 'forgot' : lost > gained ? 'perhaps' : 'kept';
}
