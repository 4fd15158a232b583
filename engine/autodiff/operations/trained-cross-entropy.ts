/**
 * As `cross-entropy.ts`, with a head W that is trained: sum over rows of weight x -log softmax(W h)[label].
 * With p the probabilities, e the label's one-hot vector, l = W h the logits, z = weight x (p - e):
 *
 *   dh = Wᵀ z,  dW = h zᵀ;  through a softcap c of the logits, z is first multiplied by 1 - (l/c)².
 *
 * No one-hot matrix is built: e picks rows of W, and adds rows to dW.
 * Inputs: h [d,n], W [d,V], labels (I32 [n]), flatIndex (I32 [n]: label + position in its chunk x V), weight (F32 [n]).
 * Outputs as there. This operation ends a graph: the gradient that arrives at its output is 1 and is not read.
 */
import { ggmlType } from '../../native/ggml.ts';
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import type { Variable } from '../variable.ts';
import { kernelLogits, leastProbability } from './cross-entropy.ts';
import { kernelOperand, product, requireKernels, wayBack } from './product.ts';

export interface TrainedCrossEntropyAttributes {
  readonly softcap: number | null;
  /** Rows per chunk: as many logits exist at once. */
  readonly chunk: number;
  readonly predictions: boolean;
  /** As in `trained-linears.ts`. */
  readonly rounded: boolean;
}

/** Products with the head. */
interface HeadProducts {
  /** The head as it is multiplied by. */
  operand(b: Builder, head: Variable, rounded: boolean): Variable;
  /** W h, [V,n]. */
  logits(b: Builder, head: Variable, h: Variable): Variable;
  /** Wᵀ z, [d,n]. */
  back(b: Builder, head: Variable, z: Variable): Variable;
  /** h zᵀ, [d,V]. */
  outer(b: Builder, h: Variable, z: Variable): Variable;
}

export const trainedCrossEntropy = crossEntropyWith({
  operand: (_b, head) => head,
  logits: (b, head, h) => b.matmul(head, h),
  back: (b, head, z) => b.outer(head, b.contiguous(b.transposed(z))),
  outer: (b, h, z) => b.outer(h, z),
});

export const trainedCrossEntropyKernel = crossEntropyWith({
  operand: (b, head, rounded) => (rounded && requireKernels().multipliesBf16 ? b.cast(head, ggmlType.BF16) : head),
  logits: kernelLogits,
  back: (b, head, z) => product(b, [wayBack(kernelOperand(b, z, head.type), head, null)]),
  outer: (b, h, z) => product(b, [{ kind: 'leftTurned', left: z, right: h, factor: 1 }]),
});

type Saved = { readonly dh: Variable; readonly dHead: Variable } | null;

function crossEntropyWith(products: HeadProducts): Operation<TrainedCrossEntropyAttributes, Saved> {
  return {
    name: 'trainedCrossEntropy',
    forward(b, [h, head, labels, flatIndex, weight], attributes) {
      const rows = h!.shape[1];
      const operand = products.operand(b, head!, attributes.rounded);
      const steps: ReturnType<typeof chunkLoss>[] = [];
      for (let start = 0; start < rows; start += attributes.chunk) {
        const count = Math.min(attributes.chunk, rows - start);
        const part = (v: Variable, dims: 1 | 2): Variable => (count === rows ? v : b.slice(v, dims, start, count));
        const chunk = {
          h: part(h!, 2),
          labels: part(labels!, 1),
          flatIndex: part(flatIndex!, 1),
          weight: part(weight!, 1),
        };
        const step = chunkLoss(b, products, attributes, head!, operand, chunk, h!.needsGradient);
        b.expand(step.loss);
        if (step.predicted !== null) b.output(step.predicted);
        if (step.back !== null) for (const each of Object.values(step.back)) b.expand(each);
        steps.push(step);
      }
      const total = (values: readonly Variable[]): Variable => values.reduce((sum, each) => b.add(sum, each));
      const loss = b.output(total(steps.map((step) => step.loss)));
      const backs = steps.flatMap(({ back }) => back ?? []);
      return {
        outputs: [loss, ...steps.flatMap(({ predicted }) => predicted ?? [])],
        saved:
          backs.length === 0
            ? null
            : {
                dh: b.concat(
                  backs.map(({ dh }) => dh),
                  1,
                ),
                dHead: b.sub(total(backs.map((back) => back.expected)), total(backs.map((back) => back.certain))),
              },
      };
    },
    backward: (_b, { saved }) => [saved?.dh ?? null, saved?.dHead ?? null, null, null, null],
  };
}

interface Chunk {
  readonly h: Variable;
  readonly labels: Variable;
  readonly flatIndex: Variable;
  readonly weight: Variable;
}

function chunkLoss(
  b: Builder,
  products: HeadProducts,
  { softcap, predictions }: TrainedCrossEntropyAttributes,
  head: Variable,
  operand: Variable,
  { h, labels, flatIndex, weight }: Chunk,
  wantsGradient: boolean,
) {
  const count = h.shape[1];
  const vocabulary = head.shape[1];
  const raw = products.logits(b, operand, h);
  const logits = softcap === null ? raw : b.scale(b.unary('tanh', b.scale(raw, 1 / softcap)), softcap);
  const p = b.softmax(logits, null, 1);
  const ofLabel = (v: Variable): Variable => b.getRows(b.reshape(v, 1, vocabulary * count), flatIndex); // [1,n]
  const logP = b.unary('log', b.affine(ofLabel(p), 1, leastProbability));
  const loss = b.sum(b.mul(b.reshape(logP, count), weight));
  const predicted = predictions ? b.argmax(logits) : null;
  if (!wantsGradient) return { loss, predicted, back: null };
  const perRow = b.reshape(weight, 1, count);
  const slope = (v: Variable): Variable => b.affine(b.unary('square', v), -1 / (softcap! * softcap!), 1);
  const expectedZ = b.mul(softcap === null ? p : b.mul(p, slope(logits)), perRow);
  const certainWeight = softcap === null ? perRow : b.mul(slope(ofLabel(logits)), perRow);
  const dh = b.sub(products.back(b, operand, expectedZ), b.mul(b.getRows(head, labels), certainWeight));
  return {
    loss,
    predicted,
    back: {
      dh,
      expected: products.outer(b, h, expectedZ),
      certain: b.scatterRows(b.mul(h, certainWeight), labels, head),
    },
  };
}
