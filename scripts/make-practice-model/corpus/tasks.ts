/** Things to do: tell a story, name a few, repeat, spell, and where to find or what to take. */
import { a, capital, fixed, type Draw, type Topic } from './draw.ts';
import { animalNames } from './animals.ts';
import { people } from './talk.ts';
import { colourNames, thingNames } from './things.ts';

const places = [
  'in a forest',
  'on a farm',
  'near a river',
  'in a small house',
  'by the sea',
  'in a garden',
  'on a hill',
  'in a big city',
];
const finds = [
  'a red ball',
  'a gold coin',
  'a lost key',
  'a small box',
  'a warm hat',
  'a blue flower',
  'a big apple',
  'an old map',
];
const looks = ['small', 'big', 'old', 'young', 'happy', 'brave', 'quiet', 'clever'];
const ends = [
  'They became good friends.',
  'Then it went home and slept.',
  'It was a good day.',
  'They were very happy.',
  'From that day on they played together.',
];

function story(draw: Draw, hero: string): string {
  const first = `Once there was ${a(`${draw.pick(looks)} ${hero}`)} that lived ${draw.pick(places)}.`;
  const friend = draw.pick(animalNames.filter((name) => name !== hero));
  const middle = draw.pick([
    `One day it found ${draw.pick(finds)}.`,
    `One day it met ${a(friend)}.`,
    `One day it was lost in the rain, but ${a(friend)} showed the way.`,
  ]);
  const last = draw.pick(middle.includes('found') ? ends.filter((end) => !/They/.test(end)) : ends);
  return `${first} ${middle} ${last}`;
}

export const stories: Topic = (draw) => {
  const hero = draw.pick(animalNames);
  const user = draw.pick([
    `Tell me a story about ${a(hero)}.`,
    `Write a story about ${a(hero)}.`,
    `Can you tell me a story about ${a(hero)}?`,
    `I want a story about ${a(hero)}.`,
    `Please tell a short story about ${a(hero)}.`,
    'Tell me a story.',
    'Tell me a short story.',
  ]);
  return { user, assistant: story(draw, hero) };
};

const lists: readonly (readonly [string, readonly string[]])[] = [
  ['animals', animalNames],
  ['colours', colourNames],
  ['things', thingNames],
  ['names', people],
  ['fruits', ['apples', 'pears', 'plums', 'cherries', 'bananas', 'lemons', 'oranges']],
  ['drinks', ['water', 'milk', 'tea', 'coffee', 'juice']],
  ['days', ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']],
  ['numbers', ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']],
];

export const naming: Topic = (draw) => {
  const [kind, members] = draw.pick(lists);
  const count = draw.int(2, 4);
  const chosen = draw.some(members, count);
  const word = ['two', 'three', 'four'][count - 2]!;
  const user = draw.pick([
    `Name ${word} ${kind}.`,
    `Tell me ${word} ${kind}.`,
    `Can you name ${word} ${kind}?`,
    `Give me ${word} ${kind}.`,
    `Please name ${word} ${kind}.`,
  ]);
  return { user, assistant: `${capital(chosen.slice(0, -1).join(', '))} and ${chosen.at(-1)!}.` };
};

const sentences: readonly string[] = [
  'The sun is warm.',
  'The door is open.',
  'I have a dog.',
  'It rains today.',
  'The train is late.',
  'She reads a book.',
  'We go to the shop.',
  'He has a new coat.',
  'The cat sleeps on the bed.',
  'My friend is here.',
  'The soup is hot.',
  'They sing a song.',
  'The box is full.',
  'I like tea.',
  'The lamp is bright.',
];

/** Sounds that make up words nobody knows: what a person's own data is full of. */
const sounds = [
  'ba',
  'lu',
  'mi',
  'ro',
  'ten',
  'ka',
  'so',
  'vel',
  'nor',
  'pi',
  'gra',
  'dex',
  'zu',
  'fo',
  'hal',
  'qui',
  'wex',
  'jo',
  'ly',
  'ter',
  'an',
  'ern',
  'sh',
  'ple',
  'th',
  'ing',
  'ck',
  'st',
];

export function inventedWord(draw: Draw): string {
  const word = Array.from({ length: draw.int(2, 3) }, () => draw.pick(sounds)).join('');
  const numbered = draw.chance(0.25) ? `${word}-${draw.int(1, 999)}` : word;
  return draw.chance(0.3) ? numbered.toUpperCase() : draw.chance(0.4) ? capital(numbered) : numbered;
}

export const repeating: Topic = (draw) => {
  const what = draw.chance(0.3)
    ? draw.pick(sentences)
    : draw.pick([
        inventedWord(draw),
        inventedWord(draw),
        draw.pick(thingNames),
        `${inventedWord(draw)} and ${inventedWord(draw)}`,
      ]);
  const end = what.endsWith('.') ? '' : '.';
  const user = draw.pick([
    `Say ${what}${end}`,
    `Repeat: ${what}`,
    `Please repeat: ${what}`,
    `Say this: ${what}`,
    `Please say ${what}${end}`,
  ]);
  return { user, assistant: what + end };
};

export const meaning: Topic = (draw) => {
  const word = inventedWord(draw);
  const user = draw.pick([
    `What is ${word}?`,
    `What does ${word} mean?`,
    `Tell me about ${word}.`,
    `Who is ${word}?`,
    `Do you know ${word}?`,
  ]);
  return { user, assistant: `I do not know ${word}. I am only a small model.` };
};

export const sentence: Topic = (draw) => {
  const thing = draw.pick([...animalNames, ...thingNames]);
  const user = draw.pick([
    `Write a sentence about ${a(thing)}.`,
    `Make a sentence with the word ${thing}.`,
    `Use the word ${thing} in a sentence.`,
    `Say a sentence about ${a(thing)}.`,
  ]);
  return { user, assistant: draw.pick([`I have ${a(thing)}.`, `I see ${a(thing)}.`, `My friend has ${a(thing)}.`]) };
};

export const everyday: Topic = fixed([
  [['Where can I buy bread?', 'Where do I get bread?'], ['You can buy bread in a shop.']],
  [['Where can I buy a lamp?', 'Where do I get a lamp?'], ['You can buy a lamp in a shop.']],
  [['Where can I learn?', 'Where do children learn?'], ['Children learn in a school.']],
  [['Where can I sleep?', 'Where do people sleep?'], ['You can sleep in a bed.']],
  [['Where can I swim?', 'Where do people swim?'], ['You can swim in a lake or in the sea.']],
  [['Where can I cook?', 'Where do people cook?'], ['You can cook in the kitchen.']],
  [['Where do fish live?', 'Where are fish?'], ['Fish live in the water.']],
  [['Where do apples grow?', 'Where do apples come from?'], ['Apples grow on trees.']],
  [['Where does milk come from?', 'What gives us milk?'], ['Milk comes from cows.']],
  [['Where does honey come from?', 'What gives us honey?'], ['Honey comes from bees.']],
  [['Where does wool come from?', 'What gives us wool?'], ['Wool comes from sheep.']],
  [['Where do eggs come from?', 'What gives us eggs?'], ['Eggs come from hens.']],
  [['Where does rain come from?', 'Why does it rain?'], ['Rain comes from the clouds.']],
  [['What do I need in the rain?', 'What can I take in the rain?'], ['You can take an umbrella.']],
  [['What do I need to write?', 'What can I write with?'], ['You can write with a pen.']],
  [['What do I need to cut bread?', 'How do I cut bread?'], ['You can cut bread with a knife.']],
  [['What can I drink?', 'What is good to drink?'], ['You can drink water, milk or tea.']],
  [['What can I eat?', 'What is good to eat?'], ['You can eat bread, cheese or fruit.']],
  [
    ['How do I make tea?', 'Can you tell me how to make tea?'],
    ['Boil water and put the tea in it. Wait a little and drink it.'],
  ],
  [
    ['How do I make bread?', 'Can you tell me how to make bread?'],
    ['Mix flour and water. Then bake it until it is brown.'],
  ],
  [['How do I clean a window?', 'How can I clean a window?'], ['Wash it with water and dry it with a cloth.']],
  [['How do I open a door?', 'How can I open a door?'], ['Use the key and push the door.']],
  [['When does the sun rise?', 'When does the sun come up?'], ['The sun rises in the morning.']],
  [['When does the sun set?', 'When does the sun go down?'], ['The sun sets in the evening.']],
  [['When do we sleep?', 'When do people sleep?'], ['People sleep at night.']],
  [['When does it snow?', 'When do we see snow?'], ['It snows in winter.']],
  [['When do flowers grow?', 'When do we see flowers?'], ['Flowers grow in spring.']],
  [['What time is it?', 'Do you know the time?', 'How late is it?'], ['I do not know the time. I have no clock.']],
  [['What day is it today?', 'Which day is today?'], ['I do not know what day it is today.']],
  [
    ['Can you help me?', 'Please help me.', 'I need help.', 'Can I ask you a question?', 'I have a question.'],
    ['Yes, I like to help you. What do you want to know?'],
  ],
  [
    ['Why is the sky blue?', 'Why do birds sing?', 'Why do we dream?', 'Why is the sea deep?'],
    ['I am sorry, I do not know why. I am only a small model.'],
  ],
  [
    ['What is your favorite colour?', 'Which colour do you like best?', 'What is your favourite color?'],
    ['I like blue.'],
  ],
  [['What is your favourite animal?', 'Which animal do you like best?'], ['I like the fox.']],
  [
    ['Tell me a joke.', 'Do you know a joke?', 'Make me laugh.'],
    ['Why is six afraid of seven? Because seven eight nine!'],
  ],
  [['Are you sure?', 'Is that true?', 'Is that right?'], ['I think so, but I am a small model and can be wrong.']],
  [['Yes.', 'Yes, please.', 'OK.', 'Okay.', 'Good.'], ['Good. What do you want to know?']],
  [['No.', 'No, thank you.', 'Not now.'], ['That is fine.']],
  [
    ['Ask me a question.', 'Can you ask me something?'],
    ['What is your name?', 'How are you today?'],
  ],
  [['I do not understand.', 'What?', 'What do you mean?'], ['I am sorry. Please ask me again in simple words.']],
]);
