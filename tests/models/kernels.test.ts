/**
 * Our own kernels on real models: the gradient of the adapter against the same step with every weight in F32 and
 * plain ggml, at every level of this processor.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { linearNames } from '#common/domain/recipe.ts';
import { selectOperations } from '#engine/autodiff/operation-set.ts';
import { expectedTensors } from '#engine/gguf/tensors.ts';
import { LoraSession } from '#engine/model/lora-session.ts';
import { memorySource, openModelFile, type ModelSource, type SourceTensor } from '#engine/model/model-source.ts';
import { openChatFormat } from '#engine/chat/open.ts';
import { encodeExample } from '#engine/chat/format.ts';
import type { EncodedSequence } from '#engine/chat/encoded.ts';
import { cosine } from '#engine/model/cosine.ts';
import { disturb, lossAndGradient } from '#engine/model/testing.ts';
import { Backend, listDevices } from '#engine/native/backend.ts';
import { loadKernels, reloadKernels } from '#engine/native/kernels.ts';
import { dequantizeRows } from '#engine/native/quantization.ts';
import { fetchedModel } from '../support/llama-sources.ts';

const smallestCosine = 0.998;
const before = process.env['TUNESMITH_KERNELS'];
afterAll(() => {
  if (before === undefined) delete process.env['TUNESMITH_KERNELS'];
  else process.env['TUNESMITH_KERNELS'] = before;
  reloadKernels();
});

for (const name of ['smollm2-135m-instruct', 'gemma3-270m']) {
  const modelPath = fetchedModel(`${name}.gguf`);
  describe(`${name}: LoRA gradient against all-F32`, () => {
    if (modelPath === null) {
      test.skip('not run: the model is not there (npm run fetch:models fetches it)', () => {});
      return;
    }
    let exact: Float32Array | undefined;
    test.for(['off', 'avx2', 'avxvnni', 'avx512', 'avx512vnni', 'avx512bf16', 'neon'])(
      'kernels %s',
      async (level, { skip }) => {
        process.env['TUNESMITH_KERNELS'] = level;
        const { kernels, reason } = reloadKernels();
        if (level !== 'off' && kernels === null) return skip(`not run: ${reason}`);
        if (exact === undefined) {
          process.env['TUNESMITH_KERNELS'] = 'off';
          reloadKernels();
          using file = await openModelFile(modelPath);
          exact = (await step(inF32(file), realRow(modelPath))).gradient;
          process.env['TUNESMITH_KERNELS'] = level;
          reloadKernels();
        }
        const { gradient, loss } = await step(await openModelFile(modelPath), realRow(modelPath));
        const agreement = cosine(gradient, exact);
        process.stderr.write(
          `${name}, kernels ${loadKernels().kernels?.level ?? 'off'}: loss ${loss}, cosine ${agreement}\n`,
        );
        // Plain ggml rounds activations to 8 bits on stored types: its figure is printed for comparison.
        if (level !== 'off') expect(agreement).toBeGreaterThanOrEqual(smallestCosine);
      },
    );
  });
}

/** A conversation in the model's own template: on random tokens the loss is far from any that training meets. */
function realRow(modelPath: string): readonly EncodedSequence[] {
  using format = openChatFormat(modelPath);
  const messages = [
    { role: 'user', content: 'Why does bread rise, and what happens when the dough is left alone for too long?' },
    {
      role: 'assistant',
      content:
        'Yeast eats the sugar in the flour and breathes out gas, which the dough holds like a balloon. Left alone for too long, the dough grows sour and falls, because its walls tear.',
    },
  ] as const;
  return encodeExample(format, { messages }, { index: 0, maxTokens: 512 });
}

async function step(
  source: ModelSource,
  pack: readonly EncodedSequence[],
): Promise<{ readonly loss: number; readonly gradient: Float32Array }> {
  const backend = new Backend(
    listDevices().find(({ kind }) => kind === 'cpu')!,
    2,
  );
  let i = 0;
  using session = await LoraSession.open(source, backend, selectOperations(backend).operations, {
    rank: 8,
    alpha: 16,
    dropout: 0,
    targets: linearNames,
    uniform: () => (Math.sin(++i * 12.9898) + 1) / 2,
    uniformFrom: () => () => 0,
    checkpointing: true,
    packedWeights: true,
  });
  disturb(session, 0.002);
  return await lossAndGradient(session, [pack], { lossScale: 16 });
}

function inF32(file: ModelSource): ModelSource {
  const tensors = new Map<string, SourceTensor & { readonly data: Uint8Array }>();
  for (const name of expectedTensors(file.config).keys()) {
    const tensor = file.tensor(name);
    if (tensor === undefined) continue;
    const stored = new Uint8Array(tensor.bytes);
    file.read(tensor, stored, 0);
    const count = tensor.shape.reduce((product, n) => product * n, 1);
    const values = dequantizeRows(tensor.type, stored, count);
    const data = new Uint8Array(values.buffer);
    tensors.set(name, { ...tensor, type: 0, bytes: data.byteLength, data });
  }
  return memorySource(file.config, tensors);
}
