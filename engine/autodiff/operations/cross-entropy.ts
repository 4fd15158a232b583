/**
 * The frozen head and the loss in one: sum over rows of weight x -log softmax(W h)[label], and its gradient
 * with respect to h, computed in the same pass over chunks of rows so that only one chunk's logits exist.
 *
 *   dh = weight x (Wᵀ p - W[label])
 *
 * so no one-hot matrix is built. With a softcap c on the logits, l = c tanh(z/c):
 *   dh = weight x (Wᵀ (p ⊙ (1 - (l/c)²)) - (1 - (l_label/c)²) W[label]).
 *
 * Inputs: h [d,n], labelRows [d,n] (row W[label] of each position, F32), flatIndex (I32 [n]: label + position
 * in its chunk x vocabulary), weight (F32 [n], the loss scale included).
 * Outputs: the loss sum [1], negated, and the most likely token of each chunk's rows (I32), where asked for.
 * This operation ends a graph: the gradient that arrives at its output is 1 by definition and is not read.
 */
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import { shapeOf, type Variable } from '../variable.ts';
import { kernelOperand, product, requireKernels, wayBack } from './product.ts';

export interface CrossEntropyAttributes {
  /** W [d,V]. */
  readonly head: Variable;
  /** Wᵀ [V,d]; null for evaluation only, and where the head itself is read both ways. */
  readonly headBackward: Variable | null;
  readonly softcap: number | null;
  /** Rows per chunk. */
  readonly chunk: number;
  /** Also find the most likely tokens. */
  readonly predictions: boolean;
}

/** Probabilities below this count as this, so that a hopeless token costs 69 nats and not infinity. */
export const leastProbability = 1e-30;

/** What the softmax of a chunk's logits gives. */
interface ChunkSoftmax {
  /** log p(label), [count]. */
  readonly logP: Variable;
  /** Most likely tokens (32 bits each), where asked for. */
  readonly predicted: Variable | null;
  /** Probabilities, through the softcap; null where no gradient is wanted. */
  readonly dLogits: Variable | null;
  /** 1 - (l_label/c)², [1,count]; null without softcap. */
  readonly labelSlope: Variable | null;
}

/** How the head is multiplied by, and what comes between its products. */
interface HeadProducts {
  readonly readsWeightsBothWays: boolean;
  /** W h, [V,count]. */
  logits(b: Builder, head: Variable, h: Variable): Variable;
  /** Wᵀ p, [d,count]. */
  back(b: Builder, attributes: CrossEntropyAttributes, p: Variable): Variable;
  softmax(
    b: Builder,
    attributes: CrossEntropyAttributes,
    raw: Variable,
    flatIndex: Variable,
    wantsGradient: boolean,
  ): ChunkSoftmax;
}

/** With ggml's products and a transposed copy of the head. */
export const crossEntropy = crossEntropyWith({
  readsWeightsBothWays: false,
  logits: (b, head, h) => b.matmul(head, h),
  back: (b, { headBackward }, p) => {
    if (headBackward === null) throw new Error('a gradient needs the transposed head');
    return b.matmul(headBackward, p);
  },
  softmax: (b, { softcap, predictions }, raw, flatIndex) => {
    const [vocabulary, count] = raw.shape;
    const logits = softcap === null ? raw : b.scale(b.unary('tanh', b.scale(raw, 1 / softcap)), softcap);
    const p = b.softmax(logits, null, 1);
    const ofLabel = (v: Variable): Variable => b.getRows(b.reshape(v, 1, vocabulary * count), flatIndex); // [1,count]
    const logP = b.reshape(b.unary('log', b.affine(ofLabel(p), 1, leastProbability)), count);
    const predicted = predictions ? b.argmax(logits) : null;
    if (softcap === null) return { logP, predicted, dLogits: p, labelSlope: null };
    const slope = (v: Variable): Variable => b.affine(b.unary('square', v), -1 / (softcap * softcap), 1);
    return { logP, predicted, dLogits: b.mul(p, slope(logits)), labelSlope: slope(ofLabel(logits)) };
  },
});

/** W h with our own kernels, [V,n]. */
export function kernelLogits(b: Builder, head: Variable, h: Variable): Variable {
  return product(b, [{ kind: 'rows', left: kernelOperand(b, h, head.type), right: head, factor: 1 }]);
}

/** With our own kernels, which read one copy of the head in both directions, or packs of it. */
export const crossEntropyKernel = crossEntropyWith({
  readsWeightsBothWays: true,
  logits: kernelLogits,
  back: (b, { head, headBackward }, p) => product(b, [wayBack(kernelOperand(b, p, head.type), head, headBackward)]),
  softmax: (b, { softcap, predictions }, raw, flatIndex, wantsGradient) => {
    const count = raw.shape[1];
    const kernels = requireKernels();
    const sums = b.own(kernels.lossSums(b.context, count, softcap, [raw.tensor, flatIndex.tensor]), shapeOf(count * 4));
    // A view of it is read after the computation.
    if (predictions) b.output(sums);
    const part = (i: number): Variable => b.slice(sums, 1, i * count, count);
    return {
      logP: part(1),
      predicted: predictions ? part(3) : null,
      dLogits: wantsGradient
        ? b.own(kernels.lossGradients(b.context, softcap, raw.tensor, sums.tensor), raw.shape)
        : null,
      labelSlope: softcap === null ? null : b.reshape(part(2), 1, count),
    };
  },
});

function crossEntropyWith(products: HeadProducts): Operation<CrossEntropyAttributes, { readonly dh: Variable | null }> {
  return {
    name: 'crossEntropy',
    readsWeightsBothWays: products.readsWeightsBothWays,
    forward(b, [h, labelRows, flatIndex, weight], attributes) {
      const rows = h!.shape[1];
      const losses: Variable[] = [];
      const gradients: Variable[] = [];
      const predicted: Variable[] = [];
      for (let start = 0; start < rows; start += attributes.chunk) {
        const count = Math.min(attributes.chunk, rows - start);
        const part = (v: Variable, dims: 1 | 2): Variable => (count === rows ? v : b.slice(v, dims, start, count));
        const step = chunkLoss(b, products, attributes, h!.needsGradient, {
          h: part(h!, 2),
          labelRows: part(labelRows!, 2),
          flatIndex: part(flatIndex!, 1),
          weight: part(weight!, 1),
        });
        if (step.dh !== null) gradients.push(b.expand(step.dh));
        losses.push(b.expand(step.loss));
        if (step.predicted !== null) predicted.push(b.output(step.predicted));
      }
      const loss = b.output(losses.reduce((sum, each) => b.add(sum, each)));
      return { outputs: [loss, ...predicted], saved: { dh: gradients.length === 0 ? null : b.concat(gradients, 1) } };
    },
    backward: (_b, { saved: { dh } }) => [dh, null, null, null],
  };
}

interface Chunk {
  readonly h: Variable;
  readonly labelRows: Variable;
  readonly flatIndex: Variable;
  readonly weight: Variable;
}

function chunkLoss(
  b: Builder,
  products: HeadProducts,
  attributes: CrossEntropyAttributes,
  wantsGradient: boolean,
  chunk: Chunk,
) {
  const raw = products.logits(b, attributes.head, chunk.h);
  const { logP, predicted, dLogits, labelSlope } = products.softmax(b, attributes, raw, chunk.flatIndex, wantsGradient);
  const loss = b.sum(b.mul(logP, chunk.weight));
  if (!wantsGradient || dLogits === null) return { loss, predicted, dh: null };
  const expected = labelSlope === null ? chunk.labelRows : b.mul(chunk.labelRows, labelSlope);
  const difference = b.sub(products.back(b, attributes, dLogits), expected);
  return { loss, predicted, dh: b.mul(difference, b.reshape(chunk.weight, 1, chunk.h.shape[1])) };
}
