import { describe, expect, test } from 'vitest';
import { parseRecipeOptions, recipeOptions } from './options.ts';

describe('parseRecipeOptions', () => {
  test('reads every knob of the contract', () => {
    const given = {
      rank: '8',
      alpha: '16.5',
      lr: '2e-4',
      epochs: '2.5',
      batch: '4',
      'max-tokens': '256',
      'held-out': '15%',
      targets: 'up,q down',
      schedule: 'linear',
      warmup: '.05',
      dropout: '0.1',
      device: 'cpu',
      threads: '2',
      seed: '7',
    };
    expect(Object.keys(given)).toEqual(recipeOptions.map((option) => option.name));
    expect(parseRecipeOptions(given)).toEqual({
      rank: 8,
      alpha: 16.5,
      learningRate: 2e-4,
      epochs: 2.5,
      batchSize: 4,
      maxTokens: 256,
      heldOut: 0.15,
      targets: ['q', 'up', 'down'],
      schedule: 'linear',
      warmup: 0.05,
      dropout: 0.1,
      device: 'cpu',
      threads: 2,
      seed: 7,
    });
    expect(parseRecipeOptions({})).toEqual({});
    expect(parseRecipeOptions({ threads: 'auto', targets: 'all' })).toMatchObject({ threads: 'auto' });
  });

  test.each([
    ['rank', '0', /--rank was given "0", but it takes a whole number from 1 to 256/],
    ['rank', '1.5', /whole number/],
    ['rank', '', /whole number/],
    ['rank', '0x10', /whole number/],
    ['lr', '-1', /above 0 and at most 1/],
    ['lr', 'fast', /above 0/],
    ['epochs', 'Infinity', /above 0/],
    ['held-out', '60%', /0% to 50%/],
    ['held-out', '0.6', /0 to 0.5/],
    ['targets', 'q,x', /some of q, k, v, o, gate, up, down/],
    ['targets', ',', /some of/],
    ['schedule', 'step', /one of cosine, linear, constant/],
    ['device', 'tpu', /one of auto, cpu/],
    ['threads', 'many', /whole number/],
    ['dropout', '1', /0 to 0.99/],
    ['seed', '-1', /whole number from 0/],
  ])('--%s %j is refused in words', (name, text, words) => {
    expect(() => parseRecipeOptions({ [name]: text })).toThrowError(words);
    try {
      parseRecipeOptions({ [name]: text });
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-request' });
    }
  });
});
