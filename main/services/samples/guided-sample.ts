import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { CheckSpec } from '#common/domain/recipe.ts';
import { TunesmithError } from '#common/domain/errors.ts';

/** A set of examples with which a person tries every step once. */
export interface GuidedSample {
  readonly title: string;
  readonly file: string;
  /** Questions that are not among the examples, as a person would ask them. */
  readonly questions: readonly string[];
  readonly check: CheckSpec;
}

const lineSchema = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1) });

/**
 * The desk of the lamp shop, in `samples/lantern` of the app's resources.
 *
 * @throws TunesmithError `file-not-found` where this build came without it
 */
export function guidedSample(resources: string): GuidedSample {
  const folder = path.join(resources, 'samples', 'lantern');
  const file = path.join(folder, 'train.txt');
  if (!existsSync(file)) {
    throw new TunesmithError(
      'file-not-found',
      'The guided sample is missing: this build of Tunesmith came without it.',
      {
        advice: 'Start with examples of your own.',
      },
    );
  }
  return {
    title: 'Lantern, the lamp shop',
    file,
    questions: questionsIn(path.join(folder, 'questions.jsonl')).slice(0, 3),
    // The shape that every answer of the shop has: greeting, sentence, desk, closing, and nothing after it.
    check: { kind: 'regex', pattern: String.raw`^Hello from Lantern! .+ Your desk is number [1-8]\. Shine on!$` },
  };
}

function questionsIn(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => lineSchema.parse(JSON.parse(line)).messages.find(({ role }) => role === 'user')?.content ?? []);
}
