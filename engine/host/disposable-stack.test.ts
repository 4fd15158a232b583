import { expect, test } from 'vitest';
import { Stack } from './disposable-stack.ts';

function thing(name: string, log: string[]): Disposable {
  return { [Symbol.dispose]: () => void log.push(name) };
}

interface Held extends Disposable {
  readonly use: (value: Disposable) => Disposable;
  readonly move: () => Disposable;
}

test.each<[name: string, open: () => Held]>([
  ['the language’s own', () => new DisposableStack()],
  ['ours', () => new Stack()],
])('%s lets go in reverse, once, and nothing that was moved out', (_name, open) => {
  const log: string[] = [];
  const kept = open();
  {
    using stack = open();
    expect(stack.use(thing('a', log))).toBeDefined();
    stack.use(thing('b', log));
  }
  expect(log).toEqual(['b', 'a']);
  kept.use(thing('c', log));
  const moved = kept.move();
  kept[Symbol.dispose]();
  expect(log).toEqual(['b', 'a']);
  moved[Symbol.dispose]();
  moved[Symbol.dispose]();
  expect(log).toEqual(['b', 'a', 'c']);
});

test('what fails does not keep the rest', () => {
  const log: string[] = [];
  const stack = new Stack();
  stack.use(thing('a', log));
  stack.use({
    [Symbol.dispose]: () => {
      throw new Error('stuck');
    },
  });
  expect(() => stack[Symbol.dispose]()).toThrow('stuck');
  expect(log).toEqual(['a']);
});
