/** One run over the packs, with a state on disk from which it goes on exactly as if it had never stopped. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { openChatFormat } from '#engine/chat/open.ts';
import type { EncodedSequence } from '#engine/chat/encoded.ts';
import { FullSession } from '#engine/model/full-session.ts';
import { packs } from './batches.ts';

export interface TrainingPlan {
  /** Updates in all: the learning rate falls to its end over the last part of them. */
  readonly updates: number;
  readonly peakRate: number;
  readonly packTokens: number;
  readonly packsPerUpdate: number;
  readonly seed: number;
  readonly threads: number;
}

const warmUpUpdates = 60;
/** Share of the updates over which the rate falls. */
const coolDown = 0.4;
const leastRate = 0.02;
/** Weight of the questions' tokens in the loss: they teach the language, but are not what is asked for. */
const promptWeight = 0.1;
const clipNorm = 1;

/** Up, then level, then straight down: what was made on the level can be cooled down at any time. */
export function rateAt(update: number, { updates, peakRate }: TrainingPlan): number {
  if (update <= warmUpUpdates) return (peakRate * update) / warmUpUpdates;
  const left = (updates - update) / (updates * coolDown);
  return peakRate * Math.min(1, Math.max(leastRate, left));
}

export interface TrainingReport {
  readonly update: number;
  readonly loss: number;
  readonly tokens: number;
}

/**
 * Trains the model of `modelPath` until the plan is through or `signal` fires; goes on from the state in `folder` where
 * there is one, and saves there every `saveEvery` updates and at the end. Resolves with the session, for the caller to write
 * and to dispose.
 */
export async function train(
  modelPath: string,
  folder: string,
  plan: TrainingPlan,
  {
    onUpdate,
    saveEvery,
    signal,
  }: {
    readonly onUpdate: (report: TrainingReport) => void;
    readonly saveEvery: number;
    readonly signal: AbortSignal;
  },
): Promise<FullSession> {
  using format = openChatFormat(modelPath);
  const session = await FullSession.open(modelPath, plan.threads, {
    rounded: false,
    checkpointing: false,
    attentionBlock: 64,
  });
  const statePath = path.join(folder, 'state.bin');
  let update = await restore(session, statePath);
  const stream = packs(format, plan.seed, plan.packTokens, update * plan.packsPerUpdate);
  while (update < plan.updates && !signal.aborted) {
    update++;
    const taken = Array.from({ length: plan.packsPerUpdate }, () => stream.next().value as readonly EncodedSequence[]);
    const report = await step(session, taken, update, plan);
    onUpdate(report);
    if (update % saveEvery === 0) await save(session, statePath, update);
  }
  await save(session, statePath, update);
  return session;
}

async function step(
  session: FullSession,
  taken: readonly (readonly EncodedSequence[])[],
  update: number,
  plan: TrainingPlan,
): Promise<TrainingReport> {
  session.zeroGradients();
  let [lossSum, weight, tokens] = [0, 0, 0];
  for (const pack of taken) {
    const result = await session.accumulate(pack, { promptWeight });
    lossSum += result.lossSum;
    weight += result.weight;
    tokens += result.tokens;
  }
  const norm = (await session.gradientNorm()) / weight;
  if (!Number.isFinite(norm)) throw new Error(`the gradient of update ${update} is not finite`);
  await session.applyAdamW({
    learningRate: rateAt(update, plan),
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weightDecay: 0.05,
    step: update,
    gradientScale: Math.min(1, clipNorm / norm) / weight,
  });
  return { update, loss: lossSum / weight, tokens };
}

/** Layout: the number of updates (F64), then values, first and second moments (F32). */
async function save(session: FullSession, file: string, update: number): Promise<void> {
  const { parameters, firstMoment, secondMoment } = session.readState();
  await fs.writeFile(`${file}.partial`, [
    new Uint8Array(Float64Array.of(update).buffer),
    ...[parameters, firstMoment, secondMoment].map(({ buffer }) => new Uint8Array(buffer)),
  ]);
  await fs.rename(`${file}.partial`, file);
}

async function restore(session: FullSession, file: string): Promise<number> {
  const bytes = await fs.readFile(file).catch(() => null);
  if (bytes === null) return 0;
  const { buffer } = new Uint8Array(bytes);
  const part = (index: number): Float32Array =>
    new Float32Array(buffer, 8 + index * session.parameterCount * 4, session.parameterCount);
  session.writeState({ parameters: part(0), firstMoment: part(1), secondMoment: part(2) });
  return new Float64Array(buffer, 0, 1)[0]!;
}
