/** The text that the practice model learns from: short conversations, made by a seeded generator. */
import { animal } from './animals.ts';
import { createDraw, type Draw, type Exchange, type Topic } from './draw.ts';
import { heldOutQuestions } from '../held-out.ts';
import { everyday, meaning, naming, repeating, sentence, stories } from './tasks.ts';
import { feeling, greetings, identity, liking, names, unknown } from './talk.ts';
import { colour, definition, property } from './things.ts';
import { calendar, number, opposite, sum } from './words.ts';

/** How often each kind comes; the whole need not be anything. */
const topics: readonly (readonly [weight: number, topic: Topic])[] = [
  [5, greetings],
  [7, identity],
  [3, feeling],
  [2, liking],
  [2, names],
  [4, unknown],
  [9, colour],
  [14, animal],
  [11, definition],
  [5, property],
  [9, opposite],
  [6, calendar],
  [8, sum],
  [7, number],
  [4, stories],
  [3, naming],
  [7, repeating],
  [3, meaning],
  [2, sentence],
  [7, everyday],
];
const totalWeight = topics.reduce((total, [weight]) => total + weight, 0);

export type Conversation = readonly Exchange[];

/** `count` conversations; equal seeds give equal ones. No question of the evaluation is among them. */
export function* conversations(count: number, seed: number): Generator<Conversation> {
  const draw = createDraw(seed);
  for (let made = 0; made < count; made++) yield conversation(draw);
}

function conversation(draw: Draw): Conversation {
  const turns = draw.chance(0.8) ? 1 : draw.int(2, 3);
  const exchanges: Exchange[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const opening = turn === 0 && turns > 1 && draw.chance(0.5);
    exchanges.push(exchange(draw, opening ? greetings : topicBy(draw)));
  }
  return exchanges;
}

function exchange(draw: Draw, topic: Topic): Exchange {
  for (;;) {
    const made = topic(draw);
    if (!heldOutQuestions.has(plain(made.user))) return casually(draw, made);
  }
}

/** People write without capitals and full stops too. */
function casually(draw: Draw, { user, assistant }: Exchange): Exchange {
  if (draw.chance(0.1)) return { user: user.toLowerCase().replace(/[.?!]$/, ''), assistant };
  if (draw.chance(0.05)) return { user: user.replace(/[.?!]$/, ''), assistant };
  return { user, assistant };
}

function topicBy(draw: Draw): Topic {
  let left = draw.int(1, totalWeight);
  for (const [weight, topic] of topics) {
    left -= weight;
    if (left <= 0) return topic;
  }
  throw new RangeError('weights must not be negative');
}

/** As questions are compared: case and final marks do not count. */
export function plain(question: string): string {
  return question.toLowerCase().replace(/[.?!]+$/, '');
}
