/** Seeded choices. */
import { createRandom } from '#engine/train/random.ts';

export interface Draw {
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number;
  pick<T>(of: readonly T[]): T;
  /** `count` different ones, in random order. */
  some<T>(of: readonly T[], count: number): T[];
  chance(probability: number): boolean;
}

export function createDraw(seed: number): Draw {
  const random = createRandom(seed);
  const share = (): number => random.nextUint32() / 2 ** 32;
  const int = (from: number, to: number): number => from + Math.floor(share() * (to - from + 1));
  const draw: Draw = {
    int,
    pick(of) {
      const chosen = of[int(0, of.length - 1)];
      if (chosen === undefined) throw new RangeError('a choice of nothing');
      return chosen;
    },
    some(of, count) {
      const left = [...of];
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(int(0, left.length - 1), 1)).flat();
    },
    chance: (probability) => share() < probability,
  };
  return draw;
}

/** A question and its answer. */
export interface Exchange {
  readonly user: string;
  readonly assistant: string;
}

/** Makes one exchange of a kind. */
export type Topic = (draw: Draw) => Exchange;

/** A topic of fixed questions: each line has ways to ask, and ways to answer. */
export function fixed(lines: readonly (readonly [ask: readonly string[], answer: readonly string[]])[]): Topic {
  return (draw) => {
    const [ask, answer] = draw.pick(lines);
    return { user: draw.pick(ask), assistant: draw.pick(answer) };
  };
}

/** `a` or `an`, then the word. */
export function a(word: string): string {
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
