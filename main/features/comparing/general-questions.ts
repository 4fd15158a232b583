export const generalKinds = ['facts', 'sums', 'words', 'languages', 'orders'] as const;
export type GeneralKind = (typeof generalKinds)[number];

export interface GeneralQuestion {
  readonly kind: GeneralKind;
  readonly prompt: string;
  /** Any of these, as whole words, makes an answer right. */
  readonly accept: readonly string[];
}

/** Things that a chat model of almost any size has a chance to know, and that have one short answer. */
export const generalQuestions: readonly GeneralQuestion[] = [
  { kind: 'facts', prompt: 'What is the capital of France?', accept: ['Paris'] },
  { kind: 'facts', prompt: 'How many days are there in a week?', accept: ['7', 'seven'] },
  { kind: 'facts', prompt: 'Which planet do we live on?', accept: ['Earth'] },
  { kind: 'facts', prompt: 'Is the sun a star or a planet?', accept: ['star'] },
  { kind: 'sums', prompt: 'What is 2 + 3?', accept: ['5', 'five'] },
  { kind: 'sums', prompt: 'What is 10 minus 4?', accept: ['6', 'six'] },
  { kind: 'sums', prompt: 'What is 3 times 4?', accept: ['12', 'twelve'] },
  { kind: 'sums', prompt: 'Which is larger, 8 or 15? Answer with the number only.', accept: ['15', 'fifteen'] },
  { kind: 'words', prompt: 'What is the opposite of hot?', accept: ['cold', 'cool'] },
  { kind: 'words', prompt: 'What is the plural of “child”?', accept: ['children'] },
  { kind: 'words', prompt: 'What is the past tense of “go”?', accept: ['went'] },
  {
    kind: 'words',
    prompt: 'Name a word that rhymes with “cat”.',
    accept: ['bat', 'hat', 'mat', 'rat', 'sat', 'fat', 'pat', 'that', 'flat', 'chat', 'vat'],
  },
  { kind: 'languages', prompt: 'How do you say “thank you” in French?', accept: ['merci'] },
  { kind: 'languages', prompt: 'What does the Spanish word “agua” mean in English?', accept: ['water'] },
  { kind: 'languages', prompt: 'How do you say “good morning” in German?', accept: ['guten Morgen'] },
  {
    kind: 'languages',
    prompt: 'What does the Italian word “ciao” mean in English?',
    accept: ['hello', 'hi', 'goodbye', 'bye'],
  },
  { kind: 'orders', prompt: 'Answer with one word only: what colour is a ripe banana?', accept: ['yellow'] },
  {
    kind: 'orders',
    prompt: 'Name three fruits, separated by commas.',
    accept: [
      'apple',
      'apples',
      'banana',
      'bananas',
      'orange',
      'oranges',
      'grape',
      'grapes',
      'pear',
      'pears',
      'strawberry',
      'strawberries',
      'mango',
      'cherry',
    ],
  },
  { kind: 'orders', prompt: 'Answer yes or no: is ice cold?', accept: ['yes'] },
  { kind: 'orders', prompt: 'Repeat this word exactly: lantern', accept: ['lantern'] },
];
