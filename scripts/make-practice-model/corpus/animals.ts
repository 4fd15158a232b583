/** What the model knows of animals. */
import { a, capital, type Draw, type Exchange, type Topic } from './draw.ts';

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

export const animalNames = animals.map(({ name }) => name);
