/** Test support: small sessions on tiny random models, and sequences for them. */
import { linearNames, type Recipe } from '#common/domain/recipe.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import type { LoraSession } from './lora-session.ts';
import { openSession } from './open-session.ts';

type SessionRecipe = Parameters<typeof openSession>[0]['recipe'];

export function testRecipe(changes: Partial<SessionRecipe> = {}): SessionRecipe {
  const recipe: SessionRecipe = {
    seed: 1,
    rank: 4,
    alpha: 8,
    dropout: 0,
    targets: [...linearNames] as Recipe['targets'],
    device: 'cpu',
    threads: 1,
    gradientCheckpointing: 'off',
    packedWeights: 'auto',
    packTokens: 256,
    maxTokens: 256,
  };
  return { ...recipe, ...changes };
}

export function openTestSession(modelPath: string, changes: Partial<SessionRecipe> = {}): Promise<LoraSession> {
  return openSession({ modelPath, recipe: testRecipe(changes) });
}

/** A sequence of plain tokens of which the second half is learned. */
export function testSequence(length: number, seed = 1, vocabulary = 250): EncodedSequence {
  const ids = Int32Array.from({ length }, (_, i) => 5 + ((i * 7 + seed * 13 + ((i * i) % 11)) % (vocabulary - 5)));
  const learned = Uint8Array.from({ length }, (_, i) => (i >= length / 2 ? 1 : 0));
  return { example: seed, ids, learned };
}

/** Moves every parameter a little, so that B is not zero. */
export function disturb(session: LoraSession, amount = 0.05): void {
  const { parameters } = session.readState();
  session.writeParameters(parameters.map((value, i) => value + amount * Math.sin(i * 12.9898 + 1)));
}

/** Loss and gradient (loss scale removed) of one training step. */
export async function lossAndGradient(
  session: LoraSession,
  packs: readonly (readonly EncodedSequence[])[],
  { lossScale = 1, promptWeight = 0, dropoutSeed = 0 } = {},
): Promise<{ readonly loss: number; readonly gradient: Float32Array }> {
  session.zeroGradients();
  let [lossSum, weightSum] = [0, 0];
  for (const pack of packs) {
    const { lossSum: sum, weight } = await session.accumulate(pack, { lossScale, promptWeight, dropoutSeed });
    lossSum += sum;
    weightSum += weight;
  }
  return { loss: lossSum / weightSum, gradient: session.readGradient().map((g) => g / (lossScale * weightSum)) };
}
