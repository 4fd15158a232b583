/**
 * One measured process: opens a model, trains a few steps on one sequence of `tokens` tokens of which half are
 * learned (rank 16, all linear layers), and prints a JSON line. A process of its own, so that the peak memory is
 * that of training alone.
 */
import { tensorTypeName } from '#engine/gguf/types.ts';
import { openModelFile } from '#engine/model/model-source.ts';
import { defaultThreads } from '#engine/model/open-session.ts';
import { Backend, listDevices } from '#engine/native/backend.ts';
import { loadKernels } from '#engine/native/kernels.ts';
import { frozenWork } from './frozen-work.ts';
import { matmulCeiling } from './ceiling.ts';
import { oneUpdate, openBench } from './one-update.ts';
import { median } from './median.ts';

export interface StepFigures {
  readonly tokensPerSecond: number;
  readonly stepMs: number;
  readonly optimizerMs: number;
  readonly frozenGflop: number;
  /** Frozen-weight FLOP over the whole step's time, attention, LoRA and all else included. */
  readonly gflopPerSecond: number;
  /** What the same mix of types would reach as plain mul_mat, measured in this process. */
  readonly ceilingGflopPerSecond: number;
  readonly ratio: number;
  readonly peakBytes: number;
  /** From the start of the process to the end of the first step. */
  readonly firstStepMs: number;
  readonly threads: number;
  /** Level of our own kernels, or why they are off. */
  readonly kernels: string;
  readonly ceilings: Readonly<Record<string, number>>;
  readonly losses: readonly number[];
}

const [modelPath, tokensText, checkpointingText, stepsText, weightsText] = process.argv.slice(2);
const tokens = Number(tokensText);
const checkpointing = checkpointingText === 'on';
const steps = Number(stepsText);
const packedWeights = weightsText === 'on' || weightsText === 'off' ? weightsText : 'auto';
const figures = await measure(modelPath!);
process.stdout.write(`${JSON.stringify(figures)}\n`);

async function measure(path: string): Promise<StepFigures> {
  const times: number[] = [];
  const optimizerTimes: number[] = [];
  const losses: number[] = [];
  let firstStepMs = 0;
  let peakBytes = 0;
  const threads = defaultThreads();
  const ids = Int32Array.from({ length: tokens + 1 }, (_, i) => 300 + ((i * 7919) % 40_000));
  const learned = Uint8Array.from(ids, (_, i) => (i > tokens / 2 ? 1 : 0));
  const scored = learned.reduce((sum, each) => sum + each, 0) + 1;
  {
    using session = await openBench({ modelPath: path, threads, checkpointing, packedWeights, packTokens: tokens + 1 });
    for (let step = 1; step <= steps + 1; step++) {
      const update = await oneUpdate(session, [{ example: 0, ids, learned }], { step, packTokens: tokens + 1 });
      losses.push(update.loss);
      // The first step pays for page faults and the allocation of its memory.
      if (step === 1) firstStepMs = process.uptime() * 1000;
      else {
        times.push(update.totalMs);
        optimizerTimes.push(update.optimizerMs);
      }
    }
    peakBytes = process.resourceUsage().maxRSS * 1024;
  }
  using source = await openModelFile(path);
  const work = frozenWork(source, { tokens, scored, checkpointing });
  using backend = new Backend(
    listDevices().find(({ kind }) => kind === 'cpu')!,
    threads,
  );
  const ceilings = new Map([...work.keys()].map((type) => [type, matmulCeiling(backend, type)]));
  const { kernels, reason } = loadKernels();
  const flop = [...work.values()].reduce((sum, each) => sum + each, 0);
  const idealMs = [...work].reduce((sum, [type, each]) => sum + each / ceilings.get(type)! / 1e6, 0);
  const stepMs = median(times);
  return {
    tokensPerSecond: (tokens / stepMs) * 1000,
    stepMs,
    optimizerMs: median(optimizerTimes),
    frozenGflop: flop / 1e9,
    gflopPerSecond: flop / stepMs / 1e6,
    ceilingGflopPerSecond: flop / idealMs / 1e6,
    ratio: idealMs / stepMs,
    peakBytes,
    firstStepMs,
    threads,
    kernels: kernels === null ? `off (${reason})` : kernels.level,
    ceilings: Object.fromEntries([...ceilings].map(([type, value]) => [tensorTypeName(type), value])),
    losses,
  };
}
