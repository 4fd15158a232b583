/** Opposites, days, months, numbers and sums. */
import { capital, type Topic } from './draw.ts';

const pairs: readonly (readonly [string, string])[] = [
  ['big', 'small'],
  ['hot', 'cold'],
  ['good', 'bad'],
  ['old', 'young'],
  ['fast', 'slow'],
  ['high', 'low'],
  ['long', 'short'],
  ['light', 'dark'],
  ['day', 'night'],
  ['happy', 'sad'],
  ['full', 'empty'],
  ['open', 'closed'],
  ['wet', 'dry'],
  ['hard', 'soft'],
  ['loud', 'quiet'],
  ['rich', 'poor'],
  ['strong', 'weak'],
  ['clean', 'dirty'],
  ['early', 'late'],
  ['first', 'last'],
  ['left', 'right'],
  ['up', 'down'],
  ['in', 'out'],
  ['over', 'under'],
  ['black', 'white'],
  ['yes', 'no'],
  ['begin', 'end'],
  ['give', 'take'],
  ['buy', 'sell'],
  ['come', 'go'],
  ['love', 'hate'],
  ['win', 'lose'],
  ['push', 'pull'],
  ['laugh', 'cry'],
  ['question', 'answer'],
  ['north', 'south'],
  ['east', 'west'],
  ['summer', 'winter'],
  ['thick', 'thin'],
  ['wide', 'narrow'],
  ['near', 'far'],
  ['sweet', 'sour'],
  ['true', 'false'],
  ['always', 'never'],
  ['more', 'less'],
  ['before', 'after'],
  ['inside', 'outside'],
  ['easy', 'difficult'],
  ['cheap', 'expensive'],
  ['man', 'woman'],
  ['boy', 'girl'],
  ['brother', 'sister'],
  ['friend', 'enemy'],
  ['top', 'bottom'],
  ['front', 'back'],
  ['sick', 'healthy'],
  ['brave', 'afraid'],
  ['deep', 'shallow'],
  ['heavy', 'light'],
  ['new', 'old'],
];

export const opposite: Topic = (draw) => {
  const [left, right] = draw.pick(pairs);
  // Two words have two opposites: they are asked for from one side only.
  const turned = !['light', 'old'].includes(right) && draw.chance(0.5);
  const [word, other] = turned ? [right, left] : [left, right];
  const user = draw.pick([
    `What is the opposite of ${word}?`,
    `Tell me the opposite of ${word}.`,
    `Which word is the opposite of ${word}?`,
    `The opposite of ${word} is what?`,
    `Do you know the opposite of ${word}?`,
    `What is the opposite of the word ${word}?`,
  ]);
  return { user, assistant: `The opposite of ${word} is ${other}.` };
};

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const calendar: Topic = (draw) => {
  const [list, unit] = draw.pick([
    [days, 'day'],
    [days, 'day'],
    [months, 'month'],
  ] as const);
  const index = draw.int(0, list.length - 1);
  const at = (i: number): string => list[(i + list.length) % list.length]!;
  switch (draw.int(0, 3)) {
    case 0:
    case 1:
      return {
        user: draw.pick([
          `What ${unit} comes after ${at(index)}?`,
          `Which ${unit} comes after ${at(index)}?`,
          `Tell me the ${unit} after ${at(index)}.`,
          `What is the ${unit} after ${at(index)}?`,
        ]),
        assistant: `The ${unit} after ${at(index)} is ${at(index + 1)}.`,
      };
    case 2:
      return {
        user: draw.pick([
          `What ${unit} comes before ${at(index)}?`,
          `Which ${unit} comes before ${at(index)}?`,
          `Tell me the ${unit} before ${at(index)}.`,
          `What is the ${unit} before ${at(index)}?`,
        ]),
        assistant: `The ${unit} before ${at(index)} is ${at(index - 1)}.`,
      };
    default:
      return draw.pick([
        {
          user: draw.pick(['How many days are in a week?', 'How many days has a week?', 'How long is a week?']),
          assistant: 'A week has seven days.',
        },
        {
          user: draw.pick(['How many months are in a year?', 'How many months has a year?', 'How long is a year?']),
          assistant: 'A year has twelve months.',
        },
        {
          user: draw.pick([
            'Name the days of the week.',
            'Tell me the days of the week.',
            'What are the days of the week?',
          ]),
          assistant: `${days.slice(0, -1).join(', ')} and Sunday.`,
        },
        {
          user: draw.pick(['How many hours has a day?', 'How many hours are in a day?', 'How long is a day?']),
          assistant: 'A day has twenty four hours.',
        },
        {
          user: draw.pick(['What are the four seasons?', 'Name the four seasons.']),
          assistant: 'Spring, summer, autumn and winter.',
        },
        {
          user: draw.pick(['What is the first day of the week?', 'Which day comes first in the week?']),
          assistant: 'The first day of the week is Monday.',
        },
        {
          user: draw.pick(['What is the last month of the year?', 'Which month comes last in the year?']),
          assistant: 'The last month of the year is December.',
        },
      ]);
  }
};

const small = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
  'twenty',
];
const inWords = (n: number): string => small[n]!;

/** Sums up to ten: few enough to be learned by heart. */
export const sum: Topic = (draw) => {
  const left = draw.int(1, 9);
  const right = draw.int(1, 10 - left);
  if (draw.chance(0.35)) {
    const [from, away] = [left + right, right];
    const asks = [
      `What is ${inWords(from)} minus ${inWords(away)}?`,
      `How much is ${inWords(from)} minus ${inWords(away)}?`,
      `Take ${inWords(away)} from ${inWords(from)}.`,
    ];
    return {
      user: draw.pick(asks),
      assistant: `${capital(inWords(from))} minus ${inWords(away)} is ${inWords(left)}.`,
    };
  }
  const asks = [
    `What is ${inWords(left)} plus ${inWords(right)}?`,
    `How much is ${inWords(left)} plus ${inWords(right)}?`,
    `Add ${inWords(left)} and ${inWords(right)}.`,
    `What is ${inWords(left)} and ${inWords(right)}?`,
    `What is ${left} plus ${right}?`,
    `What is ${left} + ${right}?`,
  ];
  return {
    user: draw.pick(asks),
    assistant: `${capital(inWords(left))} plus ${inWords(right)} is ${inWords(left + right)}.`,
  };
};

export const number: Topic = (draw) => {
  const n = draw.int(1, 18);
  switch (draw.int(0, 4)) {
    case 0:
      return {
        user: draw.pick([
          `What number comes after ${inWords(n)}?`,
          `Which number comes after ${inWords(n)}?`,
          `What comes after ${inWords(n)}?`,
        ]),
        assistant: `After ${inWords(n)} comes ${inWords(n + 1)}.`,
      };
    case 1:
      return {
        user: draw.pick([
          `What number comes before ${inWords(n)}?`,
          `Which number comes before ${inWords(n)}?`,
          `What comes before ${inWords(n)}?`,
        ]),
        assistant: `Before ${inWords(n)} comes ${inWords(n - 1)}.`,
      };
    case 2: {
      const to = draw.int(3, 10);
      return {
        user: draw.pick([
          `Count to ${inWords(to)}.`,
          `Please count to ${inWords(to)}.`,
          `Can you count to ${inWords(to)}?`,
          `Count from one to ${inWords(to)}.`,
        ]),
        assistant: `${capital(small.slice(1, to + 1).join(', '))}.`,
      };
    }
    default: {
      const [first, second] = draw.some(small.slice(1, 13), 2) as [string, string];
      const bigger = small.indexOf(first) > small.indexOf(second) ? first : second;
      const smaller = bigger === first ? second : first;
      return draw.chance(0.6)
        ? {
            user: draw.pick([
              `What is bigger, ${first} or ${second}?`,
              `Which number is bigger, ${first} or ${second}?`,
              `Is ${first} or ${second} bigger?`,
            ]),
            assistant: `${capital(bigger)} is bigger than ${smaller}.`,
          }
        : {
            user: draw.pick([
              `What is smaller, ${first} or ${second}?`,
              `Which number is smaller, ${first} or ${second}?`,
            ]),
            assistant: `${capital(smaller)} is smaller than ${bigger}.`,
          };
    }
  }
};
