import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { TrainEvent } from '#common/domain/train-event.ts';
import type { Answerer } from './answers.ts';
import { replaceAtomically } from './atomic-file.ts';
import type { Version } from './keeper.ts';
import type { Run } from './run.ts';
import { candidatePath } from './run.ts';

/**
 * Measures the version after `update` updates: writes it as a candidate, then held-out loss and token accuracy,
 * then answers. Null where a pause came in between; the whole evaluation is then repeated after resuming.
 */
export async function* evaluateVersion(
  run: Run,
  answerer: Answerer,
  update: number,
): AsyncGenerator<TrainEvent, Version | null> {
  const adapter = update === 0 ? null : candidatePath(run, update);
  if (adapter !== null) await writeCandidate(run, adapter);
  const heldOut = await evaluateHeldOut(run);
  if (heldOut === 'paused') return null;
  if (heldOut) {
    const { loss, tokenAccuracy, learnedTokens } = heldOut;
    yield { type: 'evaluation', update, heldOutLoss: loss, tokenAccuracy, learnedTokens };
  }
  const outcome = yield* answerer.answer(update, adapter);
  if (outcome.kind === 'paused') return null;
  return {
    update,
    heldOut: heldOut && { loss: heldOut.loss, tokenAccuracy: heldOut.tokenAccuracy },
    answers: outcome.answers,
  };
}

async function writeCandidate({ deps }: Run, adapter: string): Promise<void> {
  await mkdir(path.dirname(adapter), { recursive: true });
  await replaceAtomically(adapter, (partial) => deps.saveAdapter(partial, deps.session, deps.signal));
}

interface HeldOutResult {
  readonly loss: number;
  readonly tokenAccuracy: number;
  readonly learnedTokens: number;
}

async function evaluateHeldOut({ deps, heldOutPacks }: Run): Promise<HeldOutResult | 'paused' | null> {
  if (heldOutPacks.length === 0) return null;
  const sums = { lossSum: 0, weight: 0, correct: 0, learned: 0 };
  for (const pack of heldOutPacks) {
    if (deps.shouldPause()) return 'paused';
    const result = await deps.session.evaluate(pack, deps.signal);
    sums.lossSum += result.lossSum;
    sums.weight += result.weight;
    sums.correct += result.correct;
    sums.learned += result.learned;
  }
  return {
    loss: sums.lossSum / sums.weight,
    tokenAccuracy: sums.correct / sums.learned,
    learnedTokens: sums.learned,
  };
}
