/** What the model knows of things. */
import { a, capital, type Topic } from './draw.ts';

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

export const thingNames = definitions.map(([word]) => word).filter((word) => !uncounted.has(word));
export const colourNames = [...new Set(colours.map(([, shade]) => shade))];
