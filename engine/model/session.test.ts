import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { supportedArchitectures } from '#common/domain/model-info.ts';
import { writeTinyModel, type TinyModelOptions } from '../../tests/support/tiny-model.ts';
import { chooseDevice } from './choose-device.ts';
import { planMemory } from './memory-plan.ts';
import { weightForms } from './weight-types.ts';
import { openModelFile } from './model-source.ts';
import { openSession } from './open-session.ts';
import { cosine } from './cosine.ts';
import { disturb, lossAndGradient, openTestSession, testRecipe, testSequence } from './testing.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-session-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function tiny(options: TinyModelOptions): Promise<string> {
  const file = path.join(folder, `${Object.values(options).join('-').replaceAll(/\W+/g, '_')}.gguf`);
  if (!fs.existsSync(file)) await writeTinyModel(file, options);
  return file;
}

describe('the gradient of the whole model', () => {
  test.each(supportedArchitectures)('%s: agrees with finite differences', async (architecture) => {
    using session = await openTestSession(await tiny({ architecture, layers: 2 }));
    disturb(session);
    const packs = [[testSequence(20), testSequence(11, 2)]];
    const { gradient } = await lossAndGradient(session, packs);
    const { parameters } = session.readState();
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    expect(norm).toBeGreaterThan(0);
    const step = 0.02;
    const probe = async (sign: number): Promise<number> => {
      session.writeParameters(parameters.map((value, i) => value + (sign * step * gradient[i]!) / norm));
      return (await lossAndGradient(session, packs)).loss;
    };
    const numeric = ((await probe(1)) - (await probe(-1))) / (2 * step);
    expect(Math.abs(numeric - norm) / norm).toBeLessThan(5e-3);
  });

  test('checkpointing changes memory, not the gradient', async () => {
    const model = await tiny({ architecture: 'gemma3', layers: 3 });
    const packs = [[testSequence(40), testSequence(25, 2)]];
    const results = [];
    for (const gradientCheckpointing of ['off', 'on'] as const) {
      using session = await openTestSession(model, { gradientCheckpointing });
      disturb(session);
      results.push({ ...(await lossAndGradient(session, packs)), bytes: session.memory.computeBytes });
    }
    const [off, on] = results as [(typeof results)[0], (typeof results)[0]];
    expect(on.loss).toBeCloseTo(off.loss, 5);
    expect(cosine(on.gradient, off.gradient)).toBeGreaterThan(0.999_999);
    expect(on.bytes).toBeLessThan(off.bytes);
  });

  test('one pack, several packs and separate sequences give the same sum', async () => {
    using session = await openTestSession(await tiny({ architecture: 'gemma2', layers: 2, slidingWindow: 8 }));
    disturb(session);
    const sequences = [testSequence(140), testSequence(9, 2), testSequence(33, 3), testSequence(2, 4)];
    const together = await lossAndGradient(session, [sequences]);
    const apart = await lossAndGradient(
      session,
      sequences.map((sequence) => [sequence]),
    );
    expect(together.loss).toBeCloseTo(apart.loss, 5);
    expect(cosine(together.gradient, apart.gradient)).toBeGreaterThan(0.999_99);
  });

  test('the loss scale cancels out', async () => {
    using session = await openTestSession(await tiny({ architecture: 'llama', layers: 2 }));
    disturb(session);
    const plain = await lossAndGradient(session, [[testSequence(30)]]);
    const scaled = await lossAndGradient(session, [[testSequence(30)]], { lossScale: 64 });
    expect(scaled.loss).toBeCloseTo(plain.loss, 5);
    expect(cosine(scaled.gradient, plain.gradient)).toBeGreaterThan(0.999_99);
  });
});

describe('targets', () => {
  test.each([[['q', 'v']], [['down']], [['o', 'gate']], [['k']]] as const)(
    '%s alone can be trained',
    async (targets) => {
      using session = await openTestSession(await tiny({ architecture: 'qwen3', layers: 2 }), {
        targets: [...targets],
      });
      const before = (await lossAndGradient(session, [[testSequence(24)]])).loss;
      for (let step = 1; step <= 30; step++) {
        await lossAndGradient(session, [[testSequence(24)]]);
        await session.applyAdamW({
          learningRate: 0.02,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay: 0,
          step,
          gradientScale: 1 / 12,
        });
      }
      const after = (await lossAndGradient(session, [[testSequence(24)]])).loss;
      expect(after).toBeLessThan(before - 0.05);
      expect([...session.loraTensors()].every(({ linear }) => (targets as readonly string[]).includes(linear))).toBe(
        true,
      );
      expect([...session.loraTensors()]).toHaveLength(2 * targets.length);
    },
  );
});

describe('an untrained adapter', () => {
  test.each(supportedArchitectures)('%s: B = 0 changes nothing', async (architecture) => {
    const model = await tiny({ architecture, layers: 2 });
    using session = await openTestSession(model);
    const first = await session.evaluate([testSequence(20)]);
    session.writeParameters(new Float32Array(session.parameterCount));
    const bare = await session.evaluate([testSequence(20)]);
    expect(first.lossSum).toBe(bare.lossSum);
  });
});

describe('evaluation', () => {
  test('gives the training loss, and counts right first choices', async () => {
    using session = await openTestSession(await tiny({ architecture: 'llama', layers: 2 }));
    disturb(session);
    const sequence = testSequence(30);
    const trained = await lossAndGradient(session, [[sequence]]);
    const result = await session.evaluate([sequence]);
    expect(result.learned).toBe(15);
    expect(result.tokens).toBe(29);
    expect(result.lossSum / result.weight).toBeCloseTo(trained.loss, 5);
    // Count the same from the logits.
    const logits = await session.logits(sequence);
    const vocabulary = logits.length / 29;
    let correct = 0;
    for (let t = 0; t < 29; t++) {
      if (sequence.learned[t + 1] !== 1) continue;
      const row = logits.subarray(t * vocabulary, (t + 1) * vocabulary);
      if (row.indexOf(row.reduce((a, b) => Math.max(a, b))) === sequence.ids[t + 1]) correct++;
    }
    expect(result.correct).toBe(correct);
  });

  test('prompt tokens count by their weight', async () => {
    using session = await openTestSession(await tiny({ architecture: 'llama', layers: 2 }));
    const answers = await lossAndGradient(session, [[testSequence(30)]]);
    const all = await lossAndGradient(session, [[testSequence(30)]], { promptWeight: 1 });
    const half = await lossAndGradient(session, [[testSequence(30)]], { promptWeight: 0.5 });
    const prompt = (all.loss * 29 - answers.loss * 15) / 14;
    expect(half.loss).toBeCloseTo((answers.loss * 15 + 0.5 * prompt * 14) / 22, 4);
  });
});

describe('dropout', () => {
  test('is the same for the same seed, another for another, and off in evaluation', async () => {
    using session = await openTestSession(await tiny({ architecture: 'llama', layers: 2 }), { dropout: 0.3 });
    disturb(session, 0.3);
    const packs = [[testSequence(30)]];
    const first = await lossAndGradient(session, packs, { dropoutSeed: 1 });
    const again = await lossAndGradient(session, packs, { dropoutSeed: 1 });
    const other = await lossAndGradient(session, packs, { dropoutSeed: 2 });
    expect(again.loss).toBe(first.loss);
    expect(other.loss).not.toBe(first.loss);
    const evaluated = await session.evaluate(packs[0]!);
    using without = await openTestSession(await tiny({ architecture: 'llama', layers: 2 }));
    without.writeParameters(session.readState().parameters);
    expect(evaluated.lossSum).toBeCloseTo((await without.evaluate(packs[0]!)).lossSum, 5);
  });

  test('its gradient is the masked loss’s gradient', async () => {
    using session = await openTestSession(await tiny({ architecture: 'llama', layers: 2 }), { dropout: 0.3 });
    disturb(session);
    const packs = [[testSequence(20)]];
    const { gradient } = await lossAndGradient(session, packs, { dropoutSeed: 5 });
    const { parameters } = session.readState();
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    const probe = async (sign: number): Promise<number> => {
      session.writeParameters(parameters.map((value, i) => value + (sign * 0.02 * gradient[i]!) / norm));
      return (await lossAndGradient(session, packs, { dropoutSeed: 5 })).loss;
    };
    const numeric = ((await probe(1)) - (await probe(-1))) / 0.04;
    expect(Math.abs(numeric - norm) / norm).toBeLessThan(5e-3);
  });
});

describe('cancelling', () => {
  test('stops a step between two nodes, and the next step is right', async () => {
    using session = await openTestSession(await tiny({ architecture: 'llama', layers: 6, embeddingLength: 256 }));
    const packs = [[testSequence(250)]];
    const expected = (await lossAndGradient(session, packs)).loss;
    const controller = new AbortController();
    session.zeroGradients();
    const step = session.accumulate(packs[0]!, { lossScale: 1, promptWeight: 0, dropoutSeed: 0 }, controller.signal);
    setImmediate(() => controller.abort());
    await expect(step).rejects.toThrow();
    expect((await lossAndGradient(session, packs)).loss).toBe(expected);
  });
});

describe('memory', () => {
  test('is planned from the header as it is then used', async () => {
    const model = await tiny({ architecture: 'llama', layers: 3, tensorType: 'Q8_0' });
    using source = await openModelFile(model);
    const { targets, rank } = testRecipe();
    const chosen = await chooseDevice('cpu', 1, source);
    using _opened = chosen.backend;
    const plan = planMemory(source, targets, rank, weightForms(chosen.operations, true));
    using session = await openTestSession(model);
    expect(session.memory.weightBytes / plan.weightBytes).toBeCloseTo(1, 1);
    expect(Math.abs(session.memory.backwardWeightBytes - plan.backwardBytes)).toBeLessThan(0.1 * plan.weightBytes);
    expect(session.memory.trainableBytes / plan.trainableBytes).toBeCloseTo(1, 1);
  });

  test('what cannot fit is refused before it is loaded, in words', async () => {
    const model = await tiny({ architecture: 'llama', layers: 3 });
    await expect(openSession({ modelPath: model, recipe: testRecipe(), availableBytes: 100_000 })).rejects.toThrow(
      /Teaching this model needs about 0\.\d GB of memory/,
    );
    using source = await openModelFile(model);
    const { targets, rank } = testRecipe();
    const chosen = await chooseDevice('cpu', 1, source);
    using _opened = chosen.backend;
    const { weightBytes, backwardBytes, trainableBytes } = planMemory(
      source,
      targets,
      rank,
      weightForms(chosen.operations, false),
    );
    const availableBytes = weightBytes + backwardBytes + trainableBytes + 1000;
    await expect(openSession({ modelPath: model, recipe: testRecipe(), availableBytes })).rejects.toThrow(
      /A training step on 256 tokens needs/,
    );
  });

  test('checkpointing is chosen by what is free', async () => {
    const model = await tiny({ architecture: 'llama', layers: 6, embeddingLength: 256 });
    const recipe = testRecipe({ gradientCheckpointing: 'auto' });
    using roomy = await openSession({ modelPath: model, recipe });
    expect(roomy.gradientCheckpointing).toBe(false);
    const without = roomy.measureComputeBytes(256, false);
    const { weightBytes, backwardWeightBytes, trainableBytes } = roomy.memory;
    const availableBytes = Math.max(1.9 * without, weightBytes + backwardWeightBytes + trainableBytes);
    using tight = await openSession({ modelPath: model, recipe, availableBytes });
    expect(tight.gradientCheckpointing).toBe(true);
  });
});
