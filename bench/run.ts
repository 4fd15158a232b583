/**
 * `npm run bench`: speed and memory of training, with this machine's own matrix product measured in the same
 * process as the yardstick. Quote the ratio; the absolute figures drift with what else the machine does.
 *
 *   npm run bench -- [--tokens 512] [--steps 3] [--pairs 1] [--model FILE.gguf]
 *
 * Beside PyTorch and PEFT (a Python environment of some GB in .cache, made on first use; see peft/compare.ts):
 *
 *   npm run bench -- --peft [--tokens 128,512,2048,rows] [--checkpointing on,off] [--precision bf16|f32] [--pairs 5] [--model FILE.gguf]
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { compareWithPeft } from './peft/compare.ts';
import type { StepFigures } from './training-step.ts';
import { median } from './median.ts';

const { values } = parseArgs({
  options: {
    tokens: { type: 'string' },
    steps: { type: 'string', default: '3' },
    pairs: { type: 'string' },
    model: { type: 'string', multiple: true },
    peft: { type: 'boolean', default: false },
    checkpointing: { type: 'string', default: 'on,off' },
    precision: { type: 'string' },
  },
});
const root = path.resolve(import.meta.dirname, '..');
const models = values.model ?? [
  path.join(root, '.cache/models/smollm2-135m-instruct.gguf'),
  path.join(root, '.cache/models/gemma3-270m.gguf'),
];
const present = models.filter((model) => fs.existsSync(model));
for (const model of models) {
  if (!present.includes(model)) console.log(`left out: ${model} is not there (npm run fetch:models)`);
}
if (present.length === 0) process.exit(1);

const run = promisify(execFile);
const load = os.loadavg()[0]!;
console.log(
  `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} threads, load ${load.toFixed(1)}`,
);
if (load > 0.5 * os.availableParallelism()) console.log('the machine is busy: only the ratios mean something');
console.log('rank 16 on all linear layers, half of the tokens learned; medians');
const checkpointing = values.checkpointing.split(',').map((choice) => (choice === 'on' ? 'on' : 'off'));
if (values.peft) {
  const { precision } = values;
  await compareWithPeft({
    models: present,
    lengths: (values.tokens ?? '128,512,2048,rows').split(','),
    checkpointing,
    pairs: Number(values.pairs ?? 5),
    precision: precision === 'bf16' || precision === 'f32' ? precision : undefined,
  });
} else {
  await compareWithGgml(values.tokens ?? '512', Number(values.pairs ?? 1));
}

/** With our kernels and without. */
async function compareWithGgml(tokens: string, pairs: number): Promise<void> {
  for (const model of present) {
    for (const choice of checkpointing) {
      // In turns, so that both sides see the same machine.
      const rounds = { on: [] as StepFigures[], off: [] as StepFigures[] };
      for (let round = 0; round < 2 * pairs; round++) {
        const kernels = round % 2 === 0 ? 'on' : 'off';
        const args = [path.join(import.meta.dirname, 'training-step.ts'), model, tokens, choice, values.steps];
        const { TUNESMITH_KERNELS: level = '', ...others } = process.env;
        const env = { ...others, TUNESMITH_KERNELS: kernels === 'off' ? 'off' : level };
        const { stdout } = await run(process.execPath, args, { maxBuffer: 1 << 24, env });
        rounds[kernels].push(JSON.parse(stdout) as StepFigures);
      }
      for (const kernels of ['on', 'off'] as const) print(path.basename(model), tokens, choice, rounds[kernels]);
      const speed = (each: readonly StepFigures[]): number => median(each.map((f) => f.tokensPerSecond));
      console.log(`  our kernels: ${(speed(rounds.on) / speed(rounds.off)).toFixed(2)} times plain ggml`);
    }
  }
}

function print(model: string, tokens: string, checkpointing: string, rounds: readonly StepFigures[]): void {
  const figure = (read: (f: StepFigures) => number): number => median(rounds.map(read));
  const first = rounds[0]!;
  console.log(
    [
      `${model} T=${tokens} checkpointing ${checkpointing}, kernels ${first.kernels}:`,
      `${figure((f) => f.tokensPerSecond).toFixed(0)} tokens/s`,
      `${figure((f) => f.gflopPerSecond).toFixed(0)} of ${figure((f) => f.ceilingGflopPerSecond).toFixed(0)} GFLOP/s`,
      `ratio ${figure((f) => f.ratio).toFixed(2)}`,
      `peak ${(figure((f) => f.peakBytes) / 1e6).toFixed(0)} MB`,
      `first step after ${(figure((f) => f.firstStepMs) / 1000).toFixed(1)} s`,
      `mul_mat ${Object.entries(first.ceilings)
        .map(([type, value]) => `${type} ${value.toFixed(0)}`)
        .join(', ')}`,
    ].join('  '),
  );
}
