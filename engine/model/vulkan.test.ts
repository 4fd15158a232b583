/**
 * The graphics path without a graphics card: Mesa's lavapipe runs ggml's real Vulkan backend on the CPU. Where it
 * is not installed the suite says so by name and is skipped.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeTinyModel, kQuantDimensions, type TinyModelOptions } from '../../tests/support/tiny-model.ts';
import { candidates, chooseDevice } from './choose-device.ts';
import { openModelFile } from './model-source.ts';
import { cosine } from './cosine.ts';
import { disturb, lossAndGradient, openTestSession, testSequence } from './testing.ts';

// ggml leaves out software devices unless one is asked for; it reads the variable when it is loaded.
process.env['GGML_VK_VISIBLE_DEVICES'] = '0';
const available = candidates('vulkan').length > 0;
if (!available)
  process.stderr.write('CPU against Vulkan: not run (no Vulkan device; lavapipe comes with mesa-vulkan-drivers)\n');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-vulkan-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function tiny(name: string, options: TinyModelOptions): Promise<string> {
  const file = path.join(folder, `${name}.gguf`);
  await writeTinyModel(file, options);
  return file;
}

// Mesa compiles each shader when it is first used: minutes on a busy machine, seconds on a graphics card.
describe.skipIf(!available)('CPU against Vulkan', { timeout: 10 * 60_000 }, () => {
  // The three that together use every operation: softcaps, norms of queries and keys, windows, both activations.
  test.each(['llama', 'gemma2', 'gemma3'] as const)('%s in F32: loss within 1e-3', async (architecture) => {
    await compare(await tiny(architecture, { architecture, layers: 2 }), 1e-3, 0.999);
  });

  test('a model of mixed quantized types: loss within 2 %', async () => {
    const types = ['Q8_0', 'Q4_0', 'Q4_K', 'Q5_0', 'Q6_K', 'F16', 'BF16'];
    let matrices = 0;
    const tensorType = (): string => types[matrices++ % types.length]!;
    await compare(
      await tiny('mixed', { architecture: 'llama', layers: 2, tensorType, ...kQuantDimensions }),
      0.02,
      0.98,
    );
  });

  test('a training run on Vulkan lowers the loss as on the CPU', async () => {
    const model = await tiny('run', { architecture: 'gemma3', layers: 2 });
    const losses: number[][] = [];
    for (const device of ['cpu', 'vulkan'] as const) {
      using session = await openTestSession(model, { device });
      const row: number[] = [];
      for (let step = 1; step <= 5; step++) {
        row.push((await lossAndGradient(session, [[testSequence(40)]], { lossScale: 16 })).loss);
        await session.applyAdamW({
          learningRate: 0.01,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay: 0,
          step,
          gradientScale: 1 / (16 * 20),
        });
      }
      losses.push(row);
    }
    losses[0]!.forEach((loss, i) => expect(losses[1]![i]! / loss).toBeCloseTo(1, 2));
    expect(losses[1]!.at(-1)!).toBeLessThan(losses[1]![0]! - 0.05);
  });

  test('the device passes its self-test and says which implementations it uses', async () => {
    using source = await openModelFile(await tiny('self', { architecture: 'gemma2', layers: 2 }));
    const notices: string[] = [];
    const { backend, implementations } = await chooseDevice('vulkan', 1, source, ({ message }) =>
      notices.push(message),
    );
    expect(notices).toEqual([]);
    expect(backend.device.kind).toBe('vulkan');
    expect(implementations.attention).toBe('matmul');
    backend[Symbol.dispose]();
  });
});

async function compare(model: string, lossTolerance: number, leastCosine: number): Promise<void> {
  const results = [];
  const packs = [[testSequence(70), testSequence(31, 2)]];
  for (const device of ['cpu', 'vulkan'] as const) {
    using session = await openTestSession(model, { device, gradientCheckpointing: 'on' });
    disturb(session, 0.02);
    results.push(await lossAndGradient(session, packs, { lossScale: 16 }));
  }
  const [cpu, vulkan] = results as [(typeof results)[0], (typeof results)[0]];
  expect(Math.abs(vulkan.loss - cpu.loss) / cpu.loss).toBeLessThan(lossTolerance);
  expect(cosine(vulkan.gradient, cpu.gradient)).toBeGreaterThan(leastCosine);
}
