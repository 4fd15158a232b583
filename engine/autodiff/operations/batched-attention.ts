/**
 * Causal attention over sequences of one length P, all at once: as `attention.ts` (formulas there), but with the
 * sequences as a batch, so that a pack of many short ones is a few large nodes and no query meets another sequence's keys.
 *
 * Inputs: q [hd,H,T], k and v [hd,KV,T], T = P x sequences; H is a multiple of KV. Output [hd x H, T].
 */
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import type { Variable } from '../variable.ts';

export interface BatchedAttentionAttributes {
  readonly scale: number;
  readonly softcap: number | null;
  /** P. */
  readonly length: number;
  /** Causal, 0 or -inf, F32 [P,P]. */
  readonly mask: Variable;
}

interface Saved {
  readonly q: Variable;
  readonly p: Variable;
  /** Softcapped scores; null without softcap. */
  readonly capped: Variable | null;
}

export const batchedAttention: Operation<BatchedAttentionAttributes, Saved> = {
  name: 'batchedAttention',
  forward(b, [q, k, v], { scale, softcap, length, mask }) {
    const [hd, heads, tokens] = q!.shape;
    const groups = k!.shape[1];
    const sequences = tokens / length;
    const qb = headMajor(b, q!, length);
    const grouped = b.reshape(qb, hd, (length * heads) / groups, groups, sequences);
    const s = b.reshape(b.matmul(headMajor(b, k!, length), grouped), length, length, heads, sequences);
    const capped = softcap === null ? null : b.scale(b.unary('tanh', b.scale(s, scale / softcap)), softcap);
    const p = capped === null ? b.softmax(s, mask, scale) : b.softmax(capped, mask, 1);
    const rows = b.reshape(p, length, (length * heads) / groups, groups, sequences);
    const o = b.matmul(turned(b, v!, length), rows); // [hd,rows,KV,B]
    return {
      outputs: [b.reshape(tokenMajor(b, o, length, heads), hd * heads, tokens)],
      saved: { q: qb, p, capped },
    };
  },
  backward(b, { inputs: [q, k, v], saved: { q: qb, p, capped }, attributes: { scale, softcap, length } }, [dy]) {
    const [hd, heads, tokens] = q!.shape;
    const groups = k!.shape[1];
    const sequences = tokens / length;
    const rows = (length * heads) / groups;
    const perGroup = (a: Variable): Variable => b.reshape(a, a.shape[0], rows, groups, sequences);
    const dO = perGroup(headMajor(b, b.reshape(dy!, hd, heads, tokens), length));
    const dp = b.reshape(b.matmul(headMajor(b, v!, length), dO), length, length, heads, sequences);
    let ds: Variable;
    if (capped === null || softcap === null) ds = b.softmaxBack(dp, p, scale);
    else {
      const slope = b.affine(b.unary('square', capped), -scale / (softcap * softcap), scale);
      ds = b.mul(b.softmaxBack(dp, p, 1), slope);
    }
    const dsRows = perGroup(ds);
    const dq = b.matmul(turned(b, k!, length), dsRows); // [hd,rows,KV,B]
    const dk = b.outer(perGroup(qb), dsRows); // [hd,P,KV,B]
    const dv = b.outer(dO, perGroup(p));
    return [tokenMajor(b, dq, length, heads), tokenMajor(b, dk, length, groups), tokenMajor(b, dv, length, groups)];
  },
};

/** [hd,H,T] as [hd,P,H,B]. */
function headMajor(b: Builder, a: Variable, length: number): Variable {
  const [hd, heads, tokens] = a.shape;
  return b.contiguous(b.permuted(b.reshape(a, hd, heads, length, tokens / length), [0, 2, 1, 3]));
}

/** [hd,H,T] as [P,hd,H,B]. */
function turned(b: Builder, a: Variable, length: number): Variable {
  const [hd, heads, tokens] = a.shape;
  return b.contiguous(b.permuted(b.reshape(a, hd, heads, length, tokens / length), [1, 2, 0, 3]));
}

/** Back from values that are [hd,P,H,B] in memory to [hd,H,T]. */
function tokenMajor(b: Builder, a: Variable, length: number, heads: number): Variable {
  const [hd] = a.shape;
  const sequences = (a.shape[1] * a.shape[2] * a.shape[3]) / (length * heads);
  const tokens = b.contiguous(b.permuted(b.reshape(a, hd, length, heads, sequences), [0, 2, 1, 3]));
  return b.reshape(tokens, hd, heads, length * sequences);
}
