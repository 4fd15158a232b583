import type { StepId } from '#common/contract/app/drafts.ts';

/** One line a step for somebody who tries the guided sample. */
export const guided = {
  try: 'Try it with a guided sample',
  label: 'Guided sample',
  hide: 'Hide these hints',
  steps: {
    model:
      'This model comes with Tunesmith for practice: it learns in minutes and knows next to nothing else. With your own examples, take a real one.',
    examples:
      'These are 82 questions to a lamp shop with the answers its desk gives. Your own examples would stand here.',
    preview:
      'Left, the examples; right, one of them as the model reads it. It learns only the marked part: the answer. Nothing to do here but look.',
    train:
      'Press Start. It practises on the examples and answers questions in between: watch them take the shop’s shape.',
    shrink: 'Learning is done. Now one file is made of it; smaller files lose a little.',
    install: 'Here the model goes into Ollama. For the sample you may pass this by: comparing works without it.',
    compare: 'Ask both the same. Left answers the model as it was, right the one that has learned the shop’s way.',
  } satisfies Record<StepId, string>,
} as const;
