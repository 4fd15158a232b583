import type { Change, Finding, Repair } from '#common/contract/app/examples.ts';
import type { SensitiveThing } from '#common/domain/sensitive.ts';

type Facts = Finding['facts'];

const things: Record<SensitiveThing, string> = {
  'private-key': 'a private key',
  'aws-key': 'an AWS access key',
  'github-token': 'a GitHub token',
  'gitlab-token': 'a GitLab token',
  'slack-token': 'a Slack token',
  'api-key': 'an API key',
  'google-key': 'a Google API key',
  'payment-key': 'a payment key',
  'hugging-face-token': 'a Hugging Face token',
  'npm-token': 'an npm token',
  'login-token': 'a login token (JWT)',
  'address-password': 'a password in an address',
  password: 'a password or key',
  'e-mail': 'an e-mail address',
  'card-number': 'a payment card number',
};

const examples = (count: number, shown: string): string => (count === 1 ? '1 example' : `${shown} examples`);

/** What the data doctor says, and does. `shown` is the count as the language writes it. */
export const findings = {
  title: {
    duplicate: ({ count }: Facts, shown: string) => (count === 1 ? '1 exact copy' : `${shown} exact copies`),
    'near-duplicate': ({ count }: Facts, shown: string) =>
      count === 1 ? '1 example is nearly a copy' : `${shown} examples are nearly copies`,
    contradiction: ({ count }: Facts, shown: string) =>
      count === 1 ? 'Answers disagree' : `${shown} questions have answers that disagree`,
    'empty-answer': ({ count }: Facts, shown: string) =>
      `${examples(count, shown)} ${count === 1 ? 'has' : 'have'} an empty answer`,
    'short-answer': ({ count }: Facts, shown: string) =>
      count === 1 ? '1 answer says nothing' : `${shown} answers say nothing`,
    'too-long': ({ count, maxTokens }: Facts, shown: string) =>
      `${examples(count, shown)} ${count === 1 ? 'is' : 'are'} too long${maxTokens === undefined ? '' : `: more than about ${maxTokens} tokens`}`,
    secret: ({ count, thing }: Facts, shown: string) =>
      `${examples(count, shown)} ${count === 1 ? 'seems' : 'seem'} to hold ${thing === undefined ? 'a secret' : things[thing]}`,
    'personal-data': ({ count, thing }: Facts, shown: string) =>
      `${examples(count, shown)} ${count === 1 ? 'seems' : 'seem'} to hold ${thing === undefined ? 'personal data' : things[thing]}`,
    'broken-characters': ({ count }: Facts, shown: string) =>
      `${examples(count, shown)} ${count === 1 ? 'holds' : 'hold'} damaged characters, such as “Ã©” for “é”`,
    leakage: ({ count }: Facts, shown: string) =>
      `${shown} of the held-out ${count === 1 ? 'examples is' : 'examples are'} also practised`,
  } satisfies Record<Finding['kind'], (facts: Facts, shown: string) => string>,
  advice: {
    duplicate: () => 'They would count twice and teach nothing new.',
    'near-duplicate': () => 'They say nearly the same as another. Keep them where the small difference matters.',
    contradiction: ({ count, question }: Facts) =>
      count === 1
        ? `“${question ?? ''}” is answered in different ways. The model cannot know which one is wanted.`
        : `The first is “${question ?? ''}”. The model cannot know which answer is wanted.`,
    'empty-answer': () => 'Write the answers, or take them out.',
    'short-answer': () => 'A dash, dots or “n/a” teach only that.',
    'too-long': () => 'Their ends would be cut off.',
    secret: () => 'A model can repeat what it learns. If it is a real one, have it revoked too.',
    'personal-data': () => 'A model can repeat what it learns.',
    'broken-characters': () =>
      'The file was once saved or read in a wrong encoding. Export it again as UTF-8, or choose its encoding under “Change…”.',
    leakage: () => 'What was practised with the solution at hand tells nothing about what was understood.',
  } satisfies Record<Finding['kind'], (facts: Facts) => string>,
  at: (place: string, advice: string) => `${place}. ${advice}`,
  repair: (kind: Finding['kind'], { kind: repair, rows }: Repair, shown: string) => {
    if (repair === 'hide') return rows === 1 ? 'Hide it' : 'Hide them';
    if (kind === 'contradiction') return 'Keep the first answer';
    return rows === 1 ? 'Remove it' : `Remove ${shown}`;
  },
  effect: (kind: Finding['kind'], { kind: repair, rows }: Repair, shown: string) => {
    const some = examples(rows, shown);
    if (repair === 'hide') return `Writes a placeholder in its place, in ${some}.`;
    if (repair === 'remove') return `Takes ${some} out of the list.`;
    const kept = {
      duplicate: 'one of each stays',
      contradiction: 'the first answer to each question stays',
    }[kind as string];
    return `Takes ${some} out of the list; ${kept ?? 'the first of each stays'}.`;
  },
  /** What Undo takes back. */
  change: ({ kind, count }: Change, shown: string) => {
    const named: Record<Change['kind'], string> = {
      import: count === 1 ? 'the import of a file' : `the import of ${shown} files`,
      'remove-file': 'the removal of a file',
      edit: 'the change of an example',
      add: count === 1 ? 'the new example' : `${shown} new examples`,
      remove: count === 1 ? 'the removal of an example' : `the removal of ${shown} examples`,
      repair: count === 1 ? 'the repair of an example' : `the repair of ${shown} examples`,
      'repair-safe': 'the safe repairs',
      'from-run': 'the examples of the run',
    };
    return named[kind];
  },
} as const;
