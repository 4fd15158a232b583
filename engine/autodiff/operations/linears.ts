/**
 * Frozen linear layers that share their input, each with an optional LoRA path:
 *
 *   y_i = W_i x + scale x B_i (A_i (x ⊙ mask))
 *
 * Shapes in ggml's order: x [in,T], W_i [in,out_i], A = all A_i side by side [in,R], B_iᵀ [out_i,r], y_i [out_i,T].
 * The way back to x needs W_iᵀ; a transposed copy [out_i,in] goes through the fast matrix product, where ggml's
 * own out_prod reaches a tenth of the speed.
 *
 * Inputs: x, A, then B_iᵀ of each adapted layer in order. Without adapted layers: x alone.
 */
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import type { Variable } from '../variable.ts';

export interface Projection {
  /** W [in,out], any type. */
  readonly weight: Variable;
  /** Wᵀ [out,in]; null where nothing below is trained, and where W itself is read both ways. */
  readonly backwardWeight: Variable | null;
  readonly adapted: boolean;
}

export interface LinearsAttributes {
  readonly projections: readonly Projection[];
  /** alpha / rank. */
  readonly scale: number;
  /** 0 or 1/(1-p) for each value of x, or null for no dropout. */
  readonly dropoutMask: Variable | null;
}

/** scale x (A x)ᵀ of all adapted layers, [T,R]; null without any. */
type Saved = { readonly lowT: Variable | null };

/** Low-rank products by outer products: fastest on a CPU, and needs no transposed copies of activations. */
export const linearsOuter: Operation<LinearsAttributes, Saved> = {
  name: 'linears',
  forward(b, [x, down, ...ups], { projections, scale, dropoutMask }) {
    const lowT = down === undefined ? null : b.scale(b.matmul(masked(b, x!, dropoutMask), down), scale);
    const part = parts(b, lowT, ups.length);
    let next = 0;
    const outputs = projections.map(({ weight, adapted }) => {
      const y = b.matmul(weight, x!);
      if (!adapted) return y;
      const i = next++;
      return b.add(y, b.outer(ups[i]!, part(i)));
    });
    return { outputs, saved: { lowT } };
  },
  backward(b, { inputs: [x, down, ...ups], saved: { lowT }, attributes }, dys) {
    const { scale, dropoutMask } = attributes;
    const part = parts(b, lowT, ups.length);
    const back = lowRankGradients(b, attributes, dys, ups, scale, (dy, i) =>
      b.outer(dy, b.contiguous(b.transposed(part(i)))),
    );
    const { dUps, dLowT } = back;
    let dx = x!.needsGradient ? throughFrozen(b, attributes, dys) : null;
    if (dLowT === null || down === undefined) return [dx];
    const dDown = b.outer(masked(b, x!, dropoutMask), b.contiguous(b.transposed(dLowT)));
    if (x!.needsGradient) dx = plus(b, dx, masked(b, b.outer(down, dLowT), dropoutMask));
    return [dx, dDown, ...dUps];
  },
};

/** Low-rank products by matrix products and transposed copies, for devices without OUT_PROD (Metal). */
export const linearsMatmul: Operation<LinearsAttributes, Saved> = {
  name: 'linears',
  forward(b, [x, down, ...ups], { projections, scale, dropoutMask }) {
    const dropped = down === undefined ? null : masked(b, x!, dropoutMask);
    const low = dropped === null ? null : b.scale(b.matmul(down!, dropped), scale);
    const rank = ups.length === 0 ? 0 : down!.shape[1] / ups.length;
    let next = 0;
    const outputs = projections.map(({ weight, adapted }) => {
      const y = b.matmul(weight, x!);
      if (!adapted) return y;
      const i = next++;
      const own = ups.length === 1 ? low! : b.contiguous(b.columns(low!, i * rank, rank));
      return b.add(y, b.matmul(b.contiguous(b.transposed(ups[i]!)), own));
    });
    return { outputs, saved: { lowT: null } };
  },
  backward(b, { inputs: [x, down, ...ups], attributes }, dys) {
    const { scale, dropoutMask } = attributes;
    const dropped = down === undefined ? null : masked(b, x!, dropoutMask);
    const lowT = dropped === null ? null : b.scale(b.matmul(dropped, down!), scale);
    const part = parts(b, lowT, ups.length);
    const { dUps, dLowT } = lowRankGradients(b, attributes, dys, ups, scale, (dy, i) =>
      b.matmul(b.contiguous(b.transposed(dy)), part(i)),
    );
    let dx = x!.needsGradient ? throughFrozen(b, attributes, dys) : null;
    if (dLowT === null || down === undefined) return [dx];
    const dDown = b.matmul(b.contiguous(b.transposed(dropped!)), dLowT);
    if (x!.needsGradient) {
      const low = b.matmul(b.contiguous(b.transposed(down)), b.contiguous(b.transposed(dLowT)));
      dx = plus(b, dx, masked(b, low, dropoutMask));
    }
    return [dx, dDown, ...dUps];
  },
};

function masked(b: Builder, x: Variable, mask: Variable | null): Variable {
  return mask === null ? x : b.mul(x, mask);
}

function plus(b: Builder, sum: Variable | null, term: Variable): Variable {
  return sum === null ? term : b.add(sum, term);
}

/** The i-th layer's columns of [T,R]. */
function parts(b: Builder, lowT: Variable | null, count: number): (i: number) => Variable {
  return (i) => {
    const rank = lowT!.shape[1] / count;
    return count === 1 ? lowT! : b.slice(lowT!, 2, i * rank, rank);
  };
}

/** dB_iᵀ by `dUp`, and the gradient of (A x)ᵀ for all adapted layers [T,R]. */
function lowRankGradients(
  b: Builder,
  { projections }: LinearsAttributes,
  dys: readonly (Variable | null)[],
  ups: readonly Variable[],
  scale: number,
  dUp: (dy: Variable, i: number) => Variable,
): { readonly dUps: readonly (Variable | null)[]; readonly dLowT: Variable | null } {
  const dUps: (Variable | null)[] = [];
  const dLow: Variable[] = [];
  projections.forEach(({ adapted }, output) => {
    if (!adapted) return;
    const i = dUps.length;
    const dy = dys[output];
    if (dy === null || dy === undefined) throw new Error('every projection of a group takes part in the loss');
    dUps.push(dUp(dy, i));
    dLow.push(b.scale(b.matmul(dy, ups[i]!), scale));
  });
  return { dUps, dLowT: dLow.length === 0 ? null : b.concat(dLow, 1) };
}

/** sum over i of W_iᵀ dy_i. */
function throughFrozen(b: Builder, { projections }: LinearsAttributes, dys: readonly (Variable | null)[]) {
  let dx: Variable | null = null;
  projections.forEach(({ backwardWeight }, i) => {
    const dy = dys[i];
    if (dy === null || dy === undefined) return;
    if (backwardWeight === null) throw new Error('a gradient needs the transposed weight');
    dx = plus(b, dx, b.matmul(backwardWeight, dy));
  });
  return dx as Variable | null;
}
