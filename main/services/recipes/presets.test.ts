import { describe, expect, test } from 'vitest';
import { learningRateFor, makeRecipe, presetNames, type RecipeSubject } from './presets.ts';

const gemma: RecipeSubject = { parameters: 268e6, contextLength: 32_768, examples: 178 };

function updates(recipe: ReturnType<typeof makeRecipe>, examples: number): number {
  return Math.round(Math.ceil((examples * (1 - recipe.heldOut)) / recipe.batchSize) * recipe.epochs);
}

describe('makeRecipe', () => {
  test('balanced gives the measured recipe for the measured case', () => {
    expect(makeRecipe('balanced', gemma)).toEqual({
      preset: 'balanced',
      seed: 42,
      rank: 16,
      alpha: 32,
      dropout: 0,
      targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
      learningRate: 1e-3,
      schedule: 'cosine',
      warmup: 0.1,
      epochs: 5,
      batchSize: 8,
      maxTokens: 1024,
      heldOut: 0.1,
      weightDecay: 0.01,
      clipNorm: 1,
      promptWeight: 0,
      check: { kind: 'similar' },
      checkpointEvery: 10,
      evaluationsPerEpoch: 1,
      maxAnswerTokens: 256,
      maxAnswers: 32,
      device: 'auto',
      threads: 'auto',
      gradientCheckpointing: 'auto',
      packedWeights: 'auto',
      packTokens: 512,
    });
    expect(updates(makeRecipe('balanced', gemma), 178)).toBe(105);
  });

  test.each(presetNames)('%s keeps near its number of updates from 40 to 100,000 examples', (preset) => {
    const limits = { quick: [20, 60], balanced: [90, 300], thorough: [90, 600] }[preset] as [number, number];
    for (const examples of [40, 99, 100, 150, 200, 500, 1000, 3000, 10_000, 100_000]) {
      const recipe = makeRecipe(preset, { ...gemma, examples });
      const count = updates(recipe, examples);
      expect(count, `${examples} examples`).toBeGreaterThanOrEqual(limits[0]);
      expect(count, `${examples} examples`).toBeLessThanOrEqual(limits[1] + 2);
      expect(recipe.evaluationsPerEpoch * recipe.epochs, `${examples} examples`).toBeGreaterThan(1.4);
    }
  });

  test('few examples: none held out, small batches, and never learned more than twice as often', () => {
    const recipe = makeRecipe('balanced', { ...gemma, examples: 12 });
    expect(recipe).toMatchObject({ heldOut: 0, batchSize: 4, epochs: 10 });
    expect(makeRecipe('balanced', { ...gemma, examples: 32 }).heldOut).toBe(0.1);
    expect(makeRecipe('balanced', { ...gemma, examples: 1 }).epochs).toBe(10);
  });

  test('overrides win, and what hangs on them follows', () => {
    const recipe = makeRecipe('quick', gemma, { rank: 4, batchSize: 2, seed: undefined });
    expect(recipe).toMatchObject({ rank: 4, alpha: 8, batchSize: 2, seed: 42, epochs: 2 });
    expect(makeRecipe('quick', gemma, { rank: 4, alpha: 4 }).alpha).toBe(4);
  });

  test('length follows the data, within what the base reads', () => {
    const length = (p99: number, longest: number, contextLength = 32_768): number =>
      makeRecipe('balanced', { ...gemma, contextLength, exampleTokens: { p99, longest } }).maxTokens;
    expect(length(90, 130)).toBe(160);
    expect(length(900, 1000)).toBe(1024);
    expect(length(900, 5000)).toBe(1024);
    expect(length(1500, 5000)).toBe(1504);
    expect(length(4000, 5000)).toBe(2048);
    expect(length(900, 1000, 512)).toBe(512);
    expect(makeRecipe('balanced', { ...gemma, contextLength: 256 }).maxTokens).toBe(256);
  });

  test('a senseless choice is named in words', () => {
    expect(() => makeRecipe('balanced', gemma, { rank: 0 })).toThrowError(/rank/);
    expect(() => makeRecipe('balanced', gemma, { targets: [] })).toThrowError(/targets/);
    expect(() => makeRecipe('balanced', { ...gemma, contextLength: 512 }, { maxTokens: 4096 })).toThrowError(
      /4096 tokens .* at most 512/,
    );
  });
});

test('a tiny base practises three times as long', () => {
  const tiny: RecipeSubject = { parameters: 2e6, contextLength: 1024, examples: 82 };
  const quick = makeRecipe('quick', tiny);
  expect(quick).toMatchObject({ learningRate: 1e-2, rank: 8, epochs: 9, batchSize: 4 });
  expect(updates(quick, 82)).toBe(180);
  expect(updates(makeRecipe('quick', { ...tiny, examples: 5000 }), 5000)).toBeLessThanOrEqual(180);
  expect(makeRecipe('quick', tiny, { epochs: 2 }).epochs).toBe(2);
});

test('the learning rate falls with size and never jumps upwards', () => {
  expect(learningRateFor(2e6)).toBe(1e-2);
  expect(learningRateFor(30e6)).toBe(3.3e-3);
  expect(learningRateFor(135e6)).toBe(1e-3);
  expect(learningRateFor(600e6)).toBe(4e-4);
  expect(learningRateFor(1.2e9)).toBe(2e-4);
  expect(learningRateFor(7e9)).toBe(1e-4);
  let last = Infinity;
  for (let size = 1e6; size < 10e9; size *= 1.1) {
    expect(learningRateFor(size)).toBeLessThanOrEqual(last);
    last = learningRateFor(size);
  }
});
