/**
 * A training session small enough to check by hand, with real losses, gradients and AdamW: a bigram model whose
 * logits for the token after `t` are `alpha / rank x B A[:, t]`, the low-rank part of a LoRA layer over a base that
 * knows nothing. For tests of the training loop that should not depend on the engine.
 */
import type { EncodedSequence } from '../../chat/encoded.ts';
import type { AccumulateOptions, LoraTensor, PackResult, TrainingSession } from '../../model/session.ts';
import { createRandom } from '../random.ts';

export interface ToyOptions {
  readonly vocabulary?: number;
  readonly rank?: number;
  readonly seed?: number;
  /** Probability of dropping a unit of the low-rank path while training. */
  readonly dropout?: number;
  /** Called before every pack that is trained on; may wait or throw. */
  readonly beforePack?: (pack: readonly EncodedSequence[], signal?: AbortSignal) => Promise<void> | void;
  /** Replaces the gradient norm, to play an overflow or an explosion. */
  readonly seenNorm?: (norm: number, lossScale: number) => number;
  /** Replaces a pack's loss. */
  readonly seenLoss?: (lossSum: number) => number;
}

export interface ToySession extends TrainingSession {
  /** Most likely token after `previous`. */
  predict(previous: number): number;
}

export function toySession(options: ToyOptions = {}): ToySession {
  const { vocabulary = 12, rank = 6, seed = 1, dropout = 0 } = options;
  const alpha = 2 * rank;
  const half = vocabulary * rank;
  const random = createRandom(seed);
  // A as PEFT starts it, uniform; B zero. A is `vocabulary` rows of `rank` here, for the dot products below.
  const parameters = Float32Array.from({ length: 2 * half }, (_, at) =>
    at < half ? random.nextUint32() / 2 ** 31 - 1 : 0,
  );
  const state = { parameters, firstMoment: new Float32Array(2 * half), secondMoment: new Float32Array(2 * half) };
  const gradient = new Float32Array(2 * half);
  let lastLossScale = 1;
  let threads = 2;

  const allUnits = new Float32Array(rank).fill(1);
  const keptUnits = (dropoutSeed: number): Float32Array => {
    const draws = createRandom(dropoutSeed);
    return allUnits.map(() => (draws.nextUint32() / 2 ** 32 < dropout ? 0 : 1 / (1 - dropout)));
  };

  const logitsAfter = (previous: number, kept: Float32Array): Float64Array => {
    const logits = new Float64Array(vocabulary);
    for (let token = 0; token < vocabulary; token++) {
      let sum = 0;
      for (let unit = 0; unit < rank; unit++) {
        const [a, b] = [previous * rank + unit, half + token * rank + unit];
        sum += at(state.parameters, b) * at(state.parameters, a) * at(kept, unit);
      }
      logits[token] = (alpha / rank) * sum;
    }
    return logits;
  };

  const score = (pack: readonly EncodedSequence[], backward: AccumulateOptions | null): PackResult => {
    const kept = backward ? keptUnits(backward.dropoutSeed) : allUnits;
    const sums = { lossSum: 0, weight: 0, correct: 0, learned: 0, tokens: 0 };
    for (const { ids, learned } of pack) {
      sums.tokens += ids.length;
      for (let position = 1; position < ids.length; position++) {
        const weight = learned[position] === 1 ? 1 : (backward?.promptWeight ?? 0);
        if (weight === 0) continue;
        const [previous, target] = [ids[position - 1] as number, ids[position] as number];
        const logits = logitsAfter(previous, kept);
        const probabilities = softmax(logits);
        sums.lossSum += -weight * Math.log(at(probabilities, target));
        sums.weight += weight;
        sums.learned += learned[position] ?? 0;
        if (argMax(logits) === target) sums.correct++;
        if (backward) addGradient(previous, target, probabilities, weight * backward.lossScale, kept);
      }
    }
    return sums;
  };

  const addGradient = (
    previous: number,
    target: number,
    probabilities: Float64Array,
    weight: number,
    kept: Float32Array,
  ): void => {
    for (let token = 0; token < vocabulary; token++) {
      const dLogit = (alpha / rank) * weight * (at(probabilities, token) - (token === target ? 1 : 0));
      for (let unit = 0; unit < rank; unit++) {
        const [a, b] = [previous * rank + unit, half + token * rank + unit];
        gradient[a] = at(gradient, a) + dLogit * at(kept, unit) * at(state.parameters, b);
        gradient[b] = at(gradient, b) + dLogit * at(kept, unit) * at(state.parameters, a);
      }
    }
  };

  return {
    deviceId: 'toy',
    deviceDescription: 'Toy model',
    get threads() {
      return threads;
    },
    gradientCheckpointing: false,
    frozenWeights: { kernels: null, products: 'device', packed: false, bytes: 0, error: null },
    parameterCount: 2 * half,
    trainableParameters: 2 * half,
    memory: { weightBytes: 0, backwardWeightBytes: 0, trainableBytes: 24 * half, computeBytes: 0 },
    alpha,
    zeroGradients: () => void gradient.fill(0),
    async accumulate(pack, accumulateOptions, signal) {
      await options.beforePack?.(pack, signal);
      signal?.throwIfAborted();
      lastLossScale = accumulateOptions.lossScale;
      const result = score(pack, accumulateOptions);
      return { ...result, lossSum: options.seenLoss?.(result.lossSum) ?? result.lossSum };
    },
    async gradientNorm() {
      const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
      return options.seenNorm?.(norm, lastLossScale) ?? norm;
    },
    async applyAdamW({ learningRate, beta1, beta2, epsilon, weightDecay, step, gradientScale }) {
      for (let index = 0; index < 2 * half; index++) {
        const g = at(gradient, index) * gradientScale;
        const m = beta1 * at(state.firstMoment, index) + (1 - beta1) * g;
        const v = beta2 * at(state.secondMoment, index) + (1 - beta2) * g * g;
        state.firstMoment[index] = m;
        state.secondMoment[index] = v;
        const change = m / (1 - beta1 ** step) / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
        state.parameters[index] =
          at(state.parameters, index) * (1 - learningRate * weightDecay) - learningRate * change;
      }
    },
    async evaluate(pack, signal) {
      signal?.throwIfAborted();
      return score(pack, null);
    },
    readState: () => ({
      parameters: state.parameters.slice(),
      firstMoment: state.firstMoment.slice(),
      secondMoment: state.secondMoment.slice(),
    }),
    writeState(from) {
      state.parameters.set(from.parameters);
      state.firstMoment.set(from.firstMoment);
      state.secondMoment.set(from.secondMoment);
    },
    writeParameters: (from) => state.parameters.set(from),
    *loraTensors(): Iterable<LoraTensor> {
      yield {
        baseName: 'toy.weight',
        layer: 0,
        linear: 'q',
        inFeatures: vocabulary,
        outFeatures: vocabulary,
        rank,
        a: state.parameters.slice(0, half),
        b: state.parameters.slice(half),
      };
    },
    setThreads: (count) => void (threads = count),
    predict: (previous) => argMax(logitsAfter(previous, allUnits)),
    [Symbol.dispose]: () => undefined,
  };
}

function at(values: Float32Array | Float64Array, index: number): number {
  return values[index] as number;
}

function softmax(logits: Float64Array): Float64Array {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function argMax(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
