/**
 * A small instance of every operation: for asking a device whether it supports the operation's nodes, and for
 * checking the operation's gradient by finite differences.
 */
import type { Arena } from '../native/arena.ts';
import { getGgml, ggmlType, ropeMode } from '../native/ggml.ts';
import type { RopeSettings } from './builder.ts';
import type { AttentionAttributes } from './operations/attention.ts';
import type { BatchedAttentionAttributes } from './operations/batched-attention.ts';
import type { CrossEntropyAttributes } from './operations/cross-entropy.ts';
import type { LinearsAttributes } from './operations/linears.ts';
import type { RmsNormAttributes } from './operations/rms-norm.ts';
import type { TrainedCrossEntropyAttributes } from './operations/trained-cross-entropy.ts';
import type { TrainedLinearsAttributes } from './operations/trained-linears.ts';
import { shapeOf, variable, type Variable } from './variable.ts';

export interface Sample {
  readonly inputs: readonly Variable[];
  readonly attributes: unknown;
  /** Which outputs a gradient arrives at. */
  readonly gradients: readonly boolean[];
  /** Values of the tensors that are not free to be random. */
  readonly fixed: readonly { readonly of: Variable; readonly values: Float32Array | Int32Array }[];
  /** Tensors to be filled with random values: the differentiable inputs, and frozen weights. */
  readonly random: readonly Variable[];
  /** Values at the end of the output whose gradient is zero by the operation's contract. */
  readonly silentOutputs: number;
}

/** Makes a sample's tensors in an arena. */
export type SampleInputs = (arena: Arena) => Sample;

const tokens = 12;

/** One sample for each operation of the table, by name; some have more under a name of their own below. */
export const samples = {
  add: () => elementwise(2, null),
  addBias: () => (arena: Arena) => {
    const x = trained(arena, 32, tokens);
    const bias = tensor(arena, 32);
    return sample([x, bias], null, { random: [x, bias] });
  },
  scale: () => elementwise(1, { factor: -1.5 }),
  reshape: () => elementwise(1, { shape: [8, 4, tokens] }),
  gatherRows: () => (arena: Arena) => {
    const x = trained(arena, 32, tokens);
    const index = integers(arena, 3);
    const inverse = integers(arena, tokens);
    // Rows 4 and 7 are taken; the third is padding, and rows that are not taken point at it.
    const toPadding = new Int32Array(tokens).fill(2);
    toPadding[4] = 0;
    toPadding[7] = 1;
    return sample([x, index, inverse], null, {
      silentOutputs: 32,
      random: [x],
      fixed: [
        { of: index, values: Int32Array.of(4, 7, 0) },
        { of: inverse, values: toPadding },
      ],
    });
  },
  rope: () => ropeSample(ropeMode.neox, false),
  rmsNorm: () => (arena: Arena) => {
    const x = trained(arena, 32, tokens);
    const weight = tensor(arena, 32);
    return sample([x], { epsilon: 1e-5, weight } satisfies RmsNormAttributes, { random: [x, weight] });
  },
  swiglu: () => elementwise(2, null),
  geglu: () => elementwise(2, null),
  linears: () => linearsSample({ adapted: [true, true], dropout: true, weightType: ggmlType.F32 }),
  attention: () => attentionSample({ softcap: 5, blocks: 2, keyValueType: ggmlType.F32 }),
  crossEntropy: () => crossEntropySample(3),
} as const satisfies Record<string, () => SampleInputs>;

/** Further cases for the gradient checks. */
export const moreSamples = {
  ropeNormWithFactors: { operation: 'rope', make: () => ropeSample(ropeMode.norm, true) },
  linearsPlain: {
    operation: 'linears',
    make: () => linearsSample({ adapted: [false], dropout: false, weightType: ggmlType.F32 }),
  },
  linearsSubset: {
    operation: 'linears',
    make: () => linearsSample({ adapted: [true, false, true], dropout: false, weightType: ggmlType.F32 }),
  },
  attentionOneBlock: {
    operation: 'attention',
    make: () => attentionSample({ softcap: null, blocks: 1, keyValueType: ggmlType.F32 }),
  },
  attentionBlocks: {
    operation: 'attention',
    make: () => attentionSample({ softcap: null, blocks: 3, keyValueType: ggmlType.F32 }),
  },
  crossEntropyPlain: { operation: 'crossEntropy', make: () => crossEntropySample(null) },
} as const satisfies Record<string, { readonly operation: keyof typeof samples; readonly make: () => SampleInputs }>;

/** One sample for each operation of the table of trained weights. */
export const trainedSamples = {
  embed: () => (arena: Arena) => {
    const table = trained(arena, 32, 9);
    const ids = integers(arena, tokens);
    const values = Int32Array.from({ length: tokens }, (_, i) => (i * 5) % 9);
    return sample([table, ids], null, { random: [table], fixed: [{ of: ids, values }] });
  },
  trainedNorm: () => (arena: Arena) => {
    const inputs = [trained(arena, 16, 3, tokens), trained(arena, 16)];
    return sample(inputs, { epsilon: 1e-5 }, { random: inputs });
  },
  trainedBias: () => (arena: Arena) => {
    const inputs = [trained(arena, 32, tokens), trained(arena, 32)];
    return sample(inputs, null, { random: inputs });
  },
  batchedAttention: () => batchedAttentionSample(null),
  trainedLinears: () => (arena: Arena) => {
    const inputs = [trained(arena, 32, tokens), trained(arena, 32, 64), trained(arena, 32, 48)];
    return sample(inputs, { rounded: false } satisfies TrainedLinearsAttributes, { random: inputs, outputs: 2 });
  },
  trainedCrossEntropy: () => trainedCrossEntropySample({ softcap: null, chunk: 5 }),
} as const satisfies Record<string, () => SampleInputs>;

/** Further cases for the gradient checks. */
export const moreTrainedSamples = {
  batchedAttentionSoftcap: { operation: 'batchedAttention', make: () => batchedAttentionSample(5) },
  trainedCrossEntropyChunks: {
    operation: 'trainedCrossEntropy',
    make: () => trainedCrossEntropySample({ softcap: 3, chunk: 2 }),
  },
} as const satisfies Record<
  string,
  { readonly operation: keyof typeof trainedSamples; readonly make: () => SampleInputs }
>;

function sample(
  inputs: readonly Variable[],
  attributes: unknown,
  {
    random,
    fixed = [],
    outputs = 1,
    silentOutputs = 0,
  }: {
    random: Variable[];
    fixed?: Sample['fixed'];
    outputs?: number;
    silentOutputs?: number;
  },
): Sample {
  return { inputs, attributes, fixed, random, silentOutputs, gradients: Array.from({ length: outputs }, () => true) };
}

function tensor(arena: Arena, ...ne: readonly number[]): Variable {
  const shape = shapeOf(...ne);
  return variable(getGgml().newTensor4d(arena.context, ggmlType.F32, ...shape), shape, ggmlType.F32);
}

function trained(arena: Arena, ...ne: readonly number[]): Variable {
  return { ...tensor(arena, ...ne), needsGradient: true };
}

function integers(arena: Arena, count: number): Variable {
  return variable(getGgml().newTensor1d(arena.context, ggmlType.I32, count), shapeOf(count), ggmlType.I32);
}

function elementwise(inputs: number, attributes: unknown): SampleInputs {
  return (arena) => {
    const all = Array.from({ length: inputs }, () => trained(arena, 32, tokens));
    return sample(all, attributes, { random: all });
  };
}

function ropeSample(mode: number, withFactors: boolean): SampleInputs {
  return (arena) => {
    const x = trained(arena, 8, 4, tokens);
    const positions = integers(arena, tokens);
    const factors = withFactors ? tensor(arena, 4) : null;
    const settings: RopeSettings = {
      dimensions: 8,
      mode,
      base: 10_000,
      frequencyScale: 0.5,
      frequencyFactors: factors,
      originalContext: 128,
    };
    return sample([x, positions], settings, {
      random: [x],
      fixed: [
        { of: positions, values: Int32Array.from({ length: tokens }, (_, i) => i) },
        ...(factors === null ? [] : [{ of: factors, values: Float32Array.of(1, 1, 2, 4) }]),
      ],
    });
  };
}

function linearsSample(o: { adapted: readonly boolean[]; dropout: boolean; weightType: number }): SampleInputs {
  return (arena) => {
    const [inFeatures, outFeatures, rank] = [32, 64, 4];
    const count = o.adapted.filter(Boolean).length;
    const x = trained(arena, inFeatures, tokens);
    const down = count === 0 ? [] : [trained(arena, inFeatures, rank * count)];
    const ups = Array.from({ length: count }, () => trained(arena, outFeatures, rank));
    const mask = o.dropout ? tensor(arena, inFeatures, tokens) : null;
    const frozen: { of: Variable; values: Float32Array }[] = [];
    const projections = o.adapted.map((adapted, i) => {
      // W and its transposed copy must agree, so both are fixed.
      const weight = tensor(arena, inFeatures, outFeatures);
      const backwardWeight = tensor(arena, outFeatures, inFeatures);
      const w = Float32Array.from({ length: inFeatures * outFeatures }, (_, j) => Math.sin(j * 1.7 + i) / 6);
      const wT = new Float32Array(w.length);
      for (let r = 0; r < outFeatures; r++)
        for (let c = 0; c < inFeatures; c++) wT[c * outFeatures + r] = w[r * inFeatures + c]!;
      frozen.push({ of: weight, values: w }, { of: backwardWeight, values: wT });
      return { weight, backwardWeight, adapted };
    });
    if (mask !== null) {
      frozen.push({
        of: mask,
        values: Float32Array.from({ length: inFeatures * tokens }, (_, i) => (i % 5 === 0 ? 0 : 1.25)),
      });
    }
    const attributes: LinearsAttributes = { projections, scale: 2, dropoutMask: mask };
    const inputs = [x, ...down, ...ups];
    return sample(inputs, attributes, { random: inputs, fixed: frozen, outputs: o.adapted.length });
  };
}

function attentionSample(o: { softcap: number | null; blocks: number; keyValueType: number }): SampleInputs {
  return (arena) => {
    const [hd, heads, groups] = [8, 4, 2];
    const q = trained(arena, hd, heads, tokens);
    const k = trained(arena, hd, groups, tokens);
    const v = trained(arena, hd, groups, tokens);
    // Two sequences of 5 and 7 tokens; queries in equal blocks.
    const startOf = (t: number): number => (t < 5 ? 0 : 5);
    const size = tokens / o.blocks;
    const firstKeys = integers(arena, tokens);
    const fixed: Sample['fixed'][number][] = [
      { of: firstKeys, values: Int32Array.from({ length: tokens }, (_, t) => startOf(t)) },
    ];
    const blocks = Array.from({ length: o.blocks }, (_, i) => {
      const start = i * size;
      const firstKey = startOf(start);
      const keys = start + size - firstKey;
      const mask = tensor(arena, keys, size);
      const values = new Float32Array(keys * size);
      for (let query = 0; query < size; query++)
        for (let key = 0; key < keys; key++) {
          const [at, seen] = [start + query, firstKey + key];
          values[query * keys + key] = seen <= at && startOf(at) === startOf(seen) ? 0 : -Infinity;
        }
      fixed.push({ of: mask, values });
      return { start, count: size, firstKey, mask };
    });
    const attributes: AttentionAttributes = {
      scale: 0.7,
      softcap: o.softcap,
      visible: { firstKeys: () => firstKeys, blocks: () => blocks },
      keyValueType: o.keyValueType,
    };
    return sample([q, k, v], attributes, { random: [q, k, v], fixed });
  };
}

function crossEntropySample(softcap: number | null): SampleInputs {
  return (arena) => {
    const [d, rows, vocabulary, chunk] = [32, 5, 40, 2];
    const h = trained(arena, d, rows);
    const labelRows = tensor(arena, d, rows);
    const flatIndex = integers(arena, rows);
    const weight = tensor(arena, rows);
    const head = tensor(arena, d, vocabulary);
    const headBackward = tensor(arena, vocabulary, d);
    const labels = [3, 17, 39, 0, 22];
    const w = Float32Array.from({ length: d * vocabulary }, (_, i) => Math.cos(i * 0.9) / 2);
    const wT = new Float32Array(w.length);
    for (let r = 0; r < vocabulary; r++) for (let c = 0; c < d; c++) wT[c * vocabulary + r] = w[r * d + c]!;
    const attributes: CrossEntropyAttributes = { head, headBackward, softcap, chunk, predictions: false };
    return sample([h, labelRows, flatIndex, weight], attributes, {
      random: [h],
      fixed: [
        { of: head, values: w },
        { of: headBackward, values: wT },
        { of: labelRows, values: Float32Array.from(labels.flatMap((l) => [...w.subarray(l * d, (l + 1) * d)])) },
        { of: flatIndex, values: Int32Array.from(labels, (label, i) => label + (i % chunk) * vocabulary) },
        { of: weight, values: Float32Array.of(1, 2, 0.5, 1, 0) },
      ],
    });
  };
}

function batchedAttentionSample(softcap: number | null): SampleInputs {
  return (arena) => {
    const length = tokens / 3;
    const q = trained(arena, 8, 4, tokens);
    const k = trained(arena, 8, 2, tokens);
    const v = trained(arena, 8, 2, tokens);
    const mask = tensor(arena, length, length);
    const values = Float32Array.from({ length: length * length }, (_, i) =>
      i % length <= Math.floor(i / length) ? 0 : -Infinity,
    );
    const attributes: BatchedAttentionAttributes = { scale: 0.7, softcap, length, mask };
    return sample([q, k, v], attributes, { random: [q, k, v], fixed: [{ of: mask, values }] });
  };
}

function trainedCrossEntropySample({ softcap, chunk }: { softcap: number | null; chunk: number }): SampleInputs {
  return (arena) => {
    const [d, rows, vocabulary] = [32, 5, 40];
    const h = trained(arena, d, rows);
    const head = trained(arena, d, vocabulary);
    const labelIds = integers(arena, rows);
    const flatIndex = integers(arena, rows);
    const weight = tensor(arena, rows);
    const labels = [3, 17, 39, 3, 22];
    const attributes: TrainedCrossEntropyAttributes = { softcap, chunk, predictions: false, rounded: false };
    return sample([h, head, labelIds, flatIndex, weight], attributes, {
      random: [h, head],
      fixed: [
        { of: labelIds, values: Int32Array.from(labels) },
        { of: flatIndex, values: Int32Array.from(labels, (label, i) => label + (i % chunk) * vocabulary) },
        { of: weight, values: Float32Array.of(1, 2, 0.5, 1, 0) },
      ],
    });
  };
}
