/** Choosing the next token from logits. */

export interface SamplingOptions {
  /** 0 takes the most likely token. */
  readonly temperature: number;
  /** Above 1, tokens of the recent past become less likely. 1 is off. */
  readonly repeatPenalty: number;
}

/** Ollama's and llama.cpp's defaults, fixed here so that answers can be compared across them. */
export const samplingDefaults = { topK: 40, topP: 0.9, repeatLastTokens: 64, repeatPenalty: 1 } as const;

/**
 * The next token. `recent` are the tokens before it, prompt included, oldest first; `random` gives numbers from 0 to
 * below 1. The order of steps is llama.cpp's: penalty, top-k, top-p, temperature. Changes `logits` where a penalty is
 * set.
 */
export function chooseToken(
  logits: Float32Array,
  recent: readonly number[],
  options: SamplingOptions,
  random: () => number,
): number {
  if (options.repeatPenalty !== 1) penalise(logits, recent, options.repeatPenalty);
  if (options.temperature <= 0) return mostLikely(logits);
  const candidates = topCandidates(logits, samplingDefaults.topK);
  return draw(nucleus(candidates, samplingDefaults.topP), options.temperature, random);
}

/** The first token with the highest logit. */
export function mostLikely(logits: Float32Array): number {
  let best = 0;
  let bestLogit = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] ?? -Infinity;
    if (logit > bestLogit) {
      bestLogit = logit;
      best = id;
    }
  }
  return best;
}

/** Natural log of the probability of `id`: logit - log(sum(exp(logits))), computed without overflow. */
export function logProbability(logits: Float32Array, id: number): number {
  let highest = -Infinity;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return (logits[id] ?? -Infinity) - highest - Math.log(sum);
}

/** Numbers from 0 to below 1 that depend on the seeds only (mulberry32). */
export function seededRandom(seed: number, stream: number): () => number {
  let state = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function penalise(logits: Float32Array, recent: readonly number[], penalty: number): void {
  for (const id of new Set(recent.slice(-samplingDefaults.repeatLastTokens))) {
    const logit = logits[id];
    if (logit !== undefined) logits[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
}

interface Candidate {
  readonly id: number;
  readonly logit: number;
}

/** The `count` most likely tokens, most likely first. */
function topCandidates(logits: Float32Array, count: number): readonly Candidate[] {
  const top: Candidate[] = [];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] ?? -Infinity;
    const last = top[count - 1];
    if (last !== undefined && logit <= last.logit) continue;
    const at = top.findIndex((candidate) => candidate.logit < logit);
    top.splice(at < 0 ? top.length : at, 0, { id, logit });
    if (top.length > count) top.pop();
  }
  return top;
}

/** The fewest tokens whose probabilities reach `share`. */
function nucleus(candidates: readonly Candidate[], share: number): readonly Candidate[] {
  const weights = softmax(candidates, 1);
  let reached = 0;
  const end = weights.findIndex((weight) => (reached += weight) >= share);
  return end < 0 ? candidates : candidates.slice(0, end + 1);
}

function draw(candidates: readonly Candidate[], temperature: number, random: () => number): number {
  const weights = softmax(candidates, temperature);
  let left = random();
  const at = weights.findIndex((weight) => (left -= weight) < 0);
  return (candidates[at] ?? candidates.at(-1))?.id ?? 0;
}

function softmax(candidates: readonly Candidate[], temperature: number): readonly number[] {
  const highest = candidates[0]?.logit ?? 0;
  const weights = candidates.map(({ logit }) => Math.exp((logit - highest) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
