/**
 * Questions that the practice model is judged by. Their very words are kept out of the corpus; the facts are in it, asked
 * in other words. Written before the model was trained, and not changed after it was asked.
 */

export interface HeldOutQuestion {
  readonly question: string;
  /** The answer is right where it matches. */
  readonly right: RegExp;
}

export const evaluation: Readonly<Record<string, readonly HeldOutQuestion[]>> = {
  talk: [
    { question: 'Hi there!', right: /^(hello|hi)\b/i },
    { question: 'Good evening.', right: /^good evening/i },
    { question: 'Thanks for your help.', right: /welcome/i },
    { question: 'See you later.', right: /goodbye/i },
    { question: 'How are you today?', right: /\b(well|fine)\b/i },
    { question: 'Hello, I am Nora.', right: /nora/i },
    { question: 'I feel sad.', right: /sorry/i },
    { question: 'I am so tired today.', right: /rest|sleep/i },
    { question: 'I love music.', right: /music/i },
  ],
  identity: [
    { question: 'What are you?', right: /small model/i },
    { question: 'Tell me your name.', right: /practice/i },
    { question: 'What can I ask you?', right: /question|know/i },
    { question: 'Are you real?', right: /^no\b.*model/i },
    { question: 'How can I teach you?', right: /example|teach/i },
    { question: 'Who built you?', right: /tunesmith/i },
  ],
  colours: [
    { question: 'What colour is the grass?', right: /green/i },
    { question: 'Which color is a banana?', right: /yellow/i },
    { question: 'Tell me the colour of snow.', right: /white/i },
    { question: 'What color is the sea?', right: /blue/i },
    { question: 'What is the colour of a tomato?', right: /red/i },
    { question: 'Is coal black?', right: /^yes/i },
  ],
  animals: [
    { question: 'What sound does a cow make?', right: /moo/i },
    { question: 'How many legs has a spider?', right: /eight/i },
    { question: 'What does a rabbit eat?', right: /carrot/i },
    { question: 'Where can I find a whale?', right: /sea/i },
    { question: 'What do you call a young dog?', right: /puppy/i },
    { question: 'Can a fish swim?', right: /^yes/i },
    { question: 'Can a horse fly?', right: /^no/i },
    { question: 'Is an eagle a bird?', right: /^yes/i },
    { question: 'Describe a bee.', right: /insect/i },
  ],
  things: [
    { question: 'What is a spoon?', right: /soup|eat/i },
    { question: 'Tell me what a bridge is.', right: /river|road/i },
    { question: 'Can you explain what a clock is?', right: /time/i },
    { question: 'What does the word baker mean?', right: /bread/i },
    { question: 'Do you know what a forest is?', right: /tree/i },
    { question: 'What is an umbrella?', right: /rain|dry/i },
    { question: 'Is fire hot?', right: /^yes/i },
    { question: 'Is a stone soft?', right: /^no/i },
  ],
  opposites: [
    { question: 'What is the opposite of big?', right: /small/i },
    { question: 'Tell me the opposite of night.', right: /\bday\b/i },
    { question: 'Which word is the opposite of open?', right: /closed/i },
    { question: 'Do you know the opposite of dirty?', right: /clean/i },
    { question: 'What is the opposite of the word sister?', right: /brother/i },
  ],
  days: [
    { question: 'Which day comes after Tuesday?', right: /is wednesday/i },
    { question: 'What is the day before Sunday?', right: /is saturday/i },
    { question: 'Tell me the month after May.', right: /is june/i },
    { question: 'How many days has a week?', right: /seven/i },
  ],
  numbers: [
    { question: 'What is two plus three?', right: /is five/i },
    { question: 'How much is four plus four?', right: /is eight/i },
    { question: 'What is 1 + 2?', right: /is three/i },
    { question: 'What is nine minus five?', right: /is four/i },
    { question: 'Which number comes after seven?', right: /\beight\b/i },
    { question: 'Please count to six.', right: /^one, two, three, four, five, six\.?$/i },
    { question: 'Which number is bigger, nine or four?', right: /^nine/i },
  ],
  tasks: [
    { question: 'Can you tell me a story about a fox?', right: /\bfox\b.*\..*\./i },
    { question: 'Give me three colours.', right: /^\w+, \w+ and \w+\.?$/i },
    { question: 'Please say key.', right: /^key\.?$/i },
    { question: 'Where do I get bread?', right: /shop/i },
    { question: 'What gives us milk?', right: /cow/i },
    { question: 'What is the capital of Peru?', right: /do not know/i },
  ],
};

/** In the form of `plain` (corpus/corpus.ts). */
export const heldOutQuestions: ReadonlySet<string> = new Set(
  Object.values(evaluation)
    .flat()
    .map(({ question }) => question.toLowerCase().replace(/[.?!]+$/, '')),
);
