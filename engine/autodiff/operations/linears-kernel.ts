/**
 * The linear layers of `linears.ts` on our own CPU kernels. A layer and its LoRA path are one node, the sum of the
 * ways back through several layers is one node. Wᵀ is read from W itself, or from a pack of it (model/weights.ts).
 *
 * Where the weights are rounded anyway (any stored type but F32), products of activations and weights are done in
 * 8 bits or in BF16 where the processor has that; sums are always F32.
 */
import { ggmlType } from '../../native/ggml.ts';
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import type { Variable } from '../variable.ts';
import type { LinearsAttributes } from './linears.ts';
import { kernelOperand, kernelOperands, product, wayBack, type Term } from './product.ts';

/** scale x A x of all adapted layers, [R,T]; null without any. */
type Saved = { readonly low: Variable | null };

export const linearsKernel: Operation<LinearsAttributes, Saved> = {
  name: 'linears',
  readsWeightsBothWays: true,
  forward(b, [x, down, ...ups], { projections, scale, dropoutMask }) {
    const operand = kernelOperands(b, x!);
    let low: Variable | null = null;
    if (down !== undefined) {
      const type = adapterType(projections);
      const dropped = dropoutMask === null ? operand(type) : kernelOperand(b, b.mul(x!, dropoutMask), type);
      low = product(b, [{ kind: 'rows', left: dropped, right: down, factor: scale }]);
    }
    let next = 0;
    const outputs = projections.map(({ weight, adapted }) => {
      const terms: Term[] = [{ kind: 'rows', left: operand(weight.type), right: weight, factor: 1 }];
      if (adapted) {
        const i = next++;
        terms.push({ kind: 'columns', left: part(b, low!, i, ups.length), right: ups[i]!, factor: 1 });
      }
      return product(b, terms);
    });
    return { outputs, saved: { low } };
  },
  backward(b, { inputs: [x, down, ...ups], saved: { low }, attributes }, dys) {
    const { projections, scale, dropoutMask } = attributes;
    const terms: Term[] = [];
    const dUps: Variable[] = [];
    const dLows: Variable[] = [];
    projections.forEach(({ weight, backwardWeight, adapted }, output) => {
      const dy = dys[output] ?? null;
      if (dy === null) {
        if (adapted) throw new Error('every projection of a group takes part in the loss');
        return;
      }
      const operand = kernelOperands(b, dy);
      terms.push(wayBack(operand(weight.type), weight, backwardWeight));
      if (!adapted) return;
      const i = dUps.length;
      dUps.push(product(b, [{ kind: 'leftTurned', left: part(b, low!, i, ups.length), right: dy, factor: 1 }]));
      const left = operand(adapterType(projections));
      dLows.push(product(b, [{ kind: 'rows', left, right: ups[i]!, factor: scale }]));
    });
    if (down === undefined) return [x!.needsGradient && terms.length > 0 ? product(b, terms) : null];
    const dLow = b.concat(dLows, 0);
    const dropped = dropoutMask === null ? x! : b.mul(x!, dropoutMask);
    const dDown = product(b, [{ kind: 'leftTurned', left: dLow, right: dropped, factor: 1 }]);
    if (!x!.needsGradient) return [null, dDown, ...dUps];
    const throughLow: Term = { kind: 'columns', left: dLow, right: down, factor: 1 };
    if (dropoutMask === null) return [product(b, [...terms, throughLow]), dDown, ...dUps];
    const dx = b.add(product(b, terms), b.mul(product(b, [throughLow]), dropoutMask));
    return [dx, dDown, ...dUps];
  },
};

/** The adapter is multiplied in F32, or in BF16 where all it stands beside is rounded to less. */
function adapterType(projections: LinearsAttributes['projections']): number {
  return projections.every(({ weight }) => weight.type !== ggmlType.F32) ? ggmlType.BF16 : ggmlType.F32;
}

/** The i-th layer's rows of [R,T], a view. */
function part(b: Builder, low: Variable, i: number, count: number): Variable {
  const rank = low.shape[0] / count;
  return count === 1 ? low : b.columns(low, i * rank, rank);
}
