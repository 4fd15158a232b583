/** What the model knows of things and animals. */
import { a, capital, type Draw, type Exchange, type Topic } from './draw.ts';

const colours: readonly (readonly [thing: string, colour: string])[] = [
  ['grass', 'green'],
  ['the sky', 'blue'],
  ['the sun', 'yellow'],
  ['snow', 'white'],
  ['milk', 'white'],
  ['blood', 'red'],
  ['a banana', 'yellow'],
  ['a lemon', 'yellow'],
  ['a tomato', 'red'],
  ['a strawberry', 'red'],
  ['a cherry', 'red'],
  ['a leaf', 'green'],
  ['a frog', 'green'],
  ['coal', 'black'],
  ['the night', 'black'],
  ['a carrot', 'orange'],
  ['an orange', 'orange'],
  ['the sea', 'blue'],
  ['chocolate', 'brown'],
  ['wood', 'brown'],
  ['a bear', 'brown'],
  ['an elephant', 'grey'],
  ['a mouse', 'grey'],
  ['a pig', 'pink'],
  ['a crow', 'black'],
  ['a swan', 'white'],
  ['salt', 'white'],
  ['sugar', 'white'],
  ['gold', 'yellow'],
  ['silver', 'grey'],
  ['a cucumber', 'green'],
  ['rice', 'white'],
  ['a pumpkin', 'orange'],
  ['a plum', 'purple'],
  ['ink', 'blue'],
  ['fire', 'red'],
  ['an egg', 'white'],
  ['sand', 'yellow'],
  ['earth', 'brown'],
  ['a cloud', 'white'],
  ['a rose', 'red'],
  ['coffee', 'brown'],
];

export const colour: Topic = (draw) => {
  const [thing, shade] = draw.pick(colours);
  const word = draw.pick(['colour', 'color']);
  const asks = [
    `What ${word} is ${thing}?`,
    `Which ${word} is ${thing}?`,
    `Tell me the ${word} of ${thing}.`,
    `What is the ${word} of ${thing}?`,
    `What ${word} does ${thing} have?`,
  ];
  if (draw.chance(0.25)) {
    const other = draw.pick(['green', 'blue', 'red', 'white', 'black', shade, shade, shade]);
    const user = `Is ${thing} ${other}?`;
    return { user, assistant: other === shade ? `Yes, ${thing} is ${shade}.` : `No, ${thing} is ${shade}.` };
  }
  return { user: draw.pick(asks), assistant: `${capital(thing)} is ${shade}.` };
};

interface Animal {
  readonly name: string;
  readonly kind: string;
  readonly says?: string;
  readonly legs: number;
  readonly eats: string;
  readonly lives: string;
  readonly baby?: string;
  readonly can: readonly string[];
}

const verbs = ['fly', 'swim', 'run', 'jump', 'climb'];
const animals: readonly Animal[] = [
  {
    name: 'dog',
    kind: 'animal',
    says: 'woof',
    legs: 4,
    eats: 'meat',
    lives: 'in a house',
    baby: 'puppy',
    can: ['run', 'jump', 'swim'],
  },
  {
    name: 'cat',
    kind: 'animal',
    says: 'meow',
    legs: 4,
    eats: 'fish and mice',
    lives: 'in a house',
    baby: 'kitten',
    can: ['run', 'jump', 'climb'],
  },
  { name: 'cow', kind: 'animal', says: 'moo', legs: 4, eats: 'grass', lives: 'on a farm', baby: 'calf', can: ['run'] },
  {
    name: 'horse',
    kind: 'animal',
    says: 'neigh',
    legs: 4,
    eats: 'grass',
    lives: 'on a farm',
    baby: 'foal',
    can: ['run', 'jump'],
  },
  {
    name: 'sheep',
    kind: 'animal',
    says: 'baa',
    legs: 4,
    eats: 'grass',
    lives: 'on a farm',
    baby: 'lamb',
    can: ['run', 'jump'],
  },
  {
    name: 'pig',
    kind: 'animal',
    says: 'oink',
    legs: 4,
    eats: 'corn',
    lives: 'on a farm',
    baby: 'piglet',
    can: ['run'],
  },
  {
    name: 'duck',
    kind: 'bird',
    says: 'quack',
    legs: 2,
    eats: 'plants',
    lives: 'on a lake',
    baby: 'duckling',
    can: ['fly', 'swim', 'run'],
  },
  {
    name: 'hen',
    kind: 'bird',
    says: 'cluck',
    legs: 2,
    eats: 'corn',
    lives: 'on a farm',
    baby: 'chick',
    can: ['run', 'jump'],
  },
  { name: 'bee', kind: 'insect', says: 'buzz', legs: 6, eats: 'honey', lives: 'in a hive', can: ['fly'] },
  {
    name: 'frog',
    kind: 'animal',
    says: 'croak',
    legs: 4,
    eats: 'flies',
    lives: 'near water',
    baby: 'tadpole',
    can: ['jump', 'swim'],
  },
  {
    name: 'lion',
    kind: 'animal',
    says: 'roar',
    legs: 4,
    eats: 'meat',
    lives: 'in Africa',
    baby: 'cub',
    can: ['run', 'jump'],
  },
  { name: 'owl', kind: 'bird', says: 'hoo', legs: 2, eats: 'mice', lives: 'in a forest', can: ['fly'] },
  {
    name: 'mouse',
    kind: 'animal',
    says: 'squeak',
    legs: 4,
    eats: 'cheese',
    lives: 'in a hole',
    can: ['run', 'jump', 'climb'],
  },
  {
    name: 'bear',
    kind: 'animal',
    says: 'growl',
    legs: 4,
    eats: 'fish and honey',
    lives: 'in a forest',
    baby: 'cub',
    can: ['run', 'swim', 'climb'],
  },
  { name: 'fox', kind: 'animal', legs: 4, eats: 'mice', lives: 'in a forest', baby: 'cub', can: ['run', 'jump'] },
  { name: 'rabbit', kind: 'animal', legs: 4, eats: 'carrots', lives: 'in a hole', can: ['run', 'jump'] },
  { name: 'fish', kind: 'animal', legs: 0, eats: 'small plants', lives: 'in the water', can: ['swim'] },
  {
    name: 'whale',
    kind: 'animal',
    legs: 0,
    eats: 'small fish',
    lives: 'in the sea',
    baby: 'calf',
    can: ['swim', 'jump'],
  },
  { name: 'shark', kind: 'fish', legs: 0, eats: 'fish', lives: 'in the sea', can: ['swim'] },
  { name: 'snake', kind: 'animal', says: 'hiss', legs: 0, eats: 'mice', lives: 'in the grass', can: ['swim', 'climb'] },
  { name: 'spider', kind: 'animal', legs: 8, eats: 'flies', lives: 'in a web', can: ['run', 'climb', 'jump'] },
  { name: 'ant', kind: 'insect', legs: 6, eats: 'seeds', lives: 'in the ground', can: ['run', 'climb'] },
  { name: 'monkey', kind: 'animal', legs: 4, eats: 'bananas', lives: 'in trees', can: ['run', 'jump', 'climb'] },
  { name: 'elephant', kind: 'animal', legs: 4, eats: 'leaves', lives: 'in Africa', baby: 'calf', can: ['run', 'swim'] },
  { name: 'eagle', kind: 'bird', legs: 2, eats: 'meat', lives: 'in the mountains', can: ['fly'] },
  {
    name: 'wolf',
    kind: 'animal',
    says: 'howl',
    legs: 4,
    eats: 'meat',
    lives: 'in a forest',
    baby: 'cub',
    can: ['run', 'jump', 'swim'],
  },
  {
    name: 'goat',
    kind: 'animal',
    legs: 4,
    eats: 'grass',
    lives: 'on a farm',
    baby: 'kid',
    can: ['run', 'jump', 'climb'],
  },
  { name: 'penguin', kind: 'bird', legs: 2, eats: 'fish', lives: 'in the cold', baby: 'chick', can: ['swim', 'jump'] },
];
const numberWords = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

type Ask = (animal: Animal, draw: Draw) => Exchange | null;
const asks: readonly Ask[] = [
  ({ name, says }, draw) =>
    says === undefined
      ? null
      : {
          user: draw.pick([
            `What does ${a(name)} say?`,
            `What sound does ${a(name)} make?`,
            `How does ${a(name)} sound?`,
          ]),
          assistant: `${capital(a(name))} says ${says}.`,
        },
  ({ name, legs }, draw) => ({
    user: draw.pick([
      `How many legs does ${a(name)} have?`,
      `How many legs has ${a(name)}?`,
      `Tell me how many legs ${a(name)} has.`,
    ]),
    assistant: `${capital(a(name))} has ${numberWords[legs]} legs.`,
  }),
  ({ name, eats }, draw) => ({
    user: draw.pick([
      `What does ${a(name)} eat?`,
      `What food does ${a(name)} like?`,
      `What do you give ${a(name)} to eat?`,
    ]),
    assistant: `${capital(a(name))} eats ${eats}.`,
  }),
  ({ name, lives }, draw) => ({
    user: draw.pick([`Where does ${a(name)} live?`, `Where can I find ${a(name)}?`, `What is the home of ${a(name)}?`]),
    assistant: `${capital(a(name))} lives ${lives}.`,
  }),
  ({ name, baby }, draw) =>
    baby === undefined
      ? null
      : {
          user: draw.pick([
            `What is a baby ${name} called?`,
            `What do you call a young ${name}?`,
            `What is the baby of ${a(name)}?`,
          ]),
          assistant: `A baby ${name} is called ${a(baby)}.`,
        },
  ({ name, can }, draw) => {
    const verb = draw.pick([...verbs, ...can]);
    const user = draw.pick([
      `Can ${a(name)} ${verb}?`,
      `Is ${a(name)} able to ${verb}?`,
      `Do you think ${a(name)} can ${verb}?`,
    ]);
    return { user, assistant: can.includes(verb) ? `Yes, ${a(name)} can ${verb}.` : `No, ${a(name)} cannot ${verb}.` };
  },
  ({ name, kind, legs, lives }, draw) => ({
    user: draw.pick([
      `What is ${a(name)}?`,
      `Tell me about the ${name}.`,
      `What do you know about the ${name}?`,
      `Describe ${a(name)}.`,
      `Can you tell me what ${a(name)} is?`,
    ]),
    assistant: `${capital(a(name))} is ${a(kind)}. It has ${numberWords[legs]} legs and lives ${lives}.`,
  }),
  ({ name, kind }, draw) => {
    const asked = draw.pick(['bird', 'fish', 'insect', kind]);
    const right = asked === kind || asked === name;
    return {
      user: `Is ${a(name)} ${a(asked)}?`,
      assistant: right ? `Yes, ${a(name)} is ${a(asked)}.` : `No, ${a(name)} is ${a(kind)}.`,
    };
  },
];

export const animal: Topic = (draw) => {
  for (;;) {
    const exchange = draw.pick(asks)(draw.pick(animals), draw);
    if (exchange !== null) return exchange;
  }
};

const definitions: readonly (readonly [thing: string, meaning: string])[] = [
  ['spoon', 'a thing that you eat soup with'],
  ['fork', 'a thing that you eat with'],
  ['knife', 'a thing that you cut with'],
  ['cup', 'a thing that you drink from'],
  ['glass', 'a thing that you drink from'],
  ['plate', 'a thing that you put food on'],
  ['pot', 'a thing that you cook in'],
  ['lamp', 'a thing that gives light'],
  ['candle', 'a stick of wax that gives light'],
  ['bed', 'a thing that you sleep in'],
  ['chair', 'a thing that you sit on'],
  ['table', 'a thing that you eat at'],
  ['door', 'the way into a room'],
  ['window', 'a piece of glass in a wall'],
  ['key', 'a thing that opens a door'],
  ['clock', 'a thing that shows the time'],
  ['book', 'a thing that you read'],
  ['letter', 'a text that you send to someone'],
  ['pen', 'a thing that you write with'],
  ['box', 'a thing that you put other things in'],
  ['bag', 'a thing that you carry things in'],
  ['coat', 'a thing that you wear in the cold'],
  ['hat', 'a thing that you wear on your head'],
  ['shoe', 'a thing that you wear on your foot'],
  ['umbrella', 'a thing that keeps you dry in the rain'],
  ['car', 'a machine that drives on a road'],
  ['train', 'a machine that drives on rails'],
  ['ship', 'a big thing that goes over the sea'],
  ['boat', 'a small thing that goes over water'],
  ['plane', 'a machine that flies'],
  ['bridge', 'a road over a river'],
  ['road', 'a way for cars'],
  ['shop', 'a place where you buy things'],
  ['school', 'a place where children learn'],
  ['hospital', 'a place for people who are ill'],
  ['house', 'a place where people live'],
  ['farm', 'a place where food grows'],
  ['garden', 'a place where flowers grow'],
  ['forest', 'a place with many trees'],
  ['river', 'a long stream of water'],
  ['lake', 'a lot of water with land around it'],
  ['sea', 'a very big water'],
  ['mountain', 'a very high hill'],
  ['island', 'land with water around it'],
  ['tree', 'a big plant with leaves'],
  ['flower', 'a plant that looks nice'],
  ['apple', 'a sweet fruit'],
  ['carrot', 'a food that grows in the ground'],
  ['bread', 'a food that is made from flour'],
  ['cheese', 'a food that is made from milk'],
  ['rain', 'water that falls from the sky'],
  ['snow', 'cold white water that falls from the sky'],
  ['wind', 'air that moves'],
  ['cloud', 'a lot of water in the sky'],
  ['star', 'a small light in the night sky'],
  ['doctor', 'a person who helps people who are ill'],
  ['teacher', 'a person who helps children learn'],
  ['baker', 'a person who makes bread'],
  ['farmer', 'a person who grows food'],
  ['cook', 'a person who makes food'],
  ['gift', 'a thing that you give to someone'],
  ['friend', 'a person that you like'],
  ['king', 'a man who rules a land'],
  ['game', 'a thing that you play for fun'],
  ['ball', 'a round thing that you play with'],
  ['song', 'words with music'],
  ['coin', 'a round piece of money'],
  ['money', 'what you buy things with'],
  ['map', 'a picture that shows the way'],
  ['ring', 'a thing that you wear on a finger'],
  ['mirror', 'a glass that you see your face in'],
  ['soap', 'a thing that you wash with'],
  ['towel', 'a cloth that you dry your hands with'],
];
/** Words that take no article. */
const uncounted = new Set(['bread', 'cheese', 'rain', 'snow', 'wind', 'money', 'soap']);

export const definition: Topic = (draw) => {
  const [word, meaning] = draw.pick(definitions);
  const thing = uncounted.has(word) ? word : a(word);
  if (draw.chance(0.2) && meaning.startsWith('a thing that you')) {
    return {
      user: draw.pick([`What do you do with ${thing}?`, `What is ${thing} for?`]),
      assistant: `${capital(thing)} is ${meaning}.`,
    };
  }
  const user = draw.pick([
    `What is ${thing}?`,
    `What does the word ${word} mean?`,
    `Tell me what ${thing} is.`,
    `Can you explain what ${thing} is?`,
    `Please explain the word ${word}.`,
    `Do you know what ${thing} is?`,
  ]);
  return { user, assistant: `${capital(thing)} is ${meaning}.` };
};

const properties: readonly (readonly [thing: string, yes: readonly string[], no: readonly string[]])[] = [
  ['fire', ['hot'], ['cold', 'wet']],
  ['ice', ['cold'], ['hot', 'warm']],
  ['snow', ['cold', 'white'], ['hot', 'black']],
  ['the sun', ['hot', 'big'], ['cold', 'small']],
  ['water', ['wet'], ['dry']],
  ['sugar', ['sweet'], ['salty']],
  ['a lemon', ['sour'], ['sweet']],
  ['a stone', ['hard'], ['soft']],
  ['a feather', ['light', 'soft'], ['heavy', 'hard']],
  ['a mouse', ['small'], ['big']],
  ['an elephant', ['big', 'heavy'], ['small', 'light']],
  ['a mountain', ['high', 'big'], ['small']],
  ['the night', ['dark'], ['bright']],
  ['the day', ['bright'], ['dark']],
  ['a snail', ['slow'], ['fast']],
  ['a horse', ['fast', 'strong'], ['slow']],
  ['a ball', ['round'], ['square']],
  ['honey', ['sweet'], ['sour']],
  ['iron', ['hard', 'heavy'], ['soft']],
  ['the desert', ['dry', 'hot'], ['wet']],
  ['winter', ['cold'], ['hot']],
  ['summer', ['warm'], ['cold']],
  ['glass', ['hard'], ['soft']],
  ['a pillow', ['soft'], ['hard']],
  ['a giraffe', ['tall'], ['short']],
];

export const property: Topic = (draw) => {
  const [thing, yes, no] = draw.pick(properties);
  const right = draw.chance(0.5);
  const word = draw.pick(right ? yes : no);
  if (draw.chance(0.2))
    return {
      user: draw.pick([`How is ${thing}?`, `What is ${thing} like?`]),
      assistant: `${capital(thing)} is ${yes[0]}.`,
    };
  return {
    user: draw.pick([`Is ${thing} ${word}?`, `Do you think ${thing} is ${word}?`]),
    assistant: right ? `Yes, ${thing} is ${word}.` : `No, ${thing} is not ${word}.`,
  };
};

export const animalNames = animals.map(({ name }) => name);
export const thingNames = definitions.map(([word]) => word).filter((word) => !uncounted.has(word));
export const colourNames = [...new Set(colours.map(([, shade]) => shade))];
