/**
 * Causal attention with grouped queries over a pack of sequences, in blocks of queries.
 *
 *   o = softmax(softcap(scale x q·k) + mask) v
 *
 * Inputs: q [hd,H,T], k and v [hd,KV,T]; H is a multiple of KV. Output [hd x H, T].
 * Each block of queries sees only keys from the start of its first sequence (or window) to its own end, so that
 * no work is spent where the mask is -inf everywhere; inside that range the mask decides.
 *
 * Gradient, with p the probabilities and s the scaled scores:
 *   dv = pᵀ dO;  dp = dO vᵀ;  ds = p ⊙ (dp - Σ p dp);  through the softcap: ds (1 - (s/cap)²);
 *   dq = scale ds k;  dk = scale dsᵀ q.
 */
import { ggmlType } from '../../native/ggml.ts';
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import type { Variable } from '../variable.ts';

/** Queries [start, start+count) and the keys [firstKey, start+count) they may see. */
export interface AttentionBlock {
  readonly start: number;
  readonly count: number;
  readonly firstKey: number;
  /** 0 or -inf, F32 [keys, count]. */
  readonly mask: Variable;
}

/** Which keys a query sees: those from `firstKeys` to itself. Either form is made when it is first asked for. */
export interface VisibleKeys {
  /** I32 [T], never falling. */
  firstKeys(): Variable;
  /** The same as masks over blocks of queries. */
  blocks(): readonly AttentionBlock[];
}

export interface AttentionAttributes {
  readonly scale: number;
  /** cap of cap x tanh(s / cap), or null. */
  readonly softcap: number | null;
  readonly visible: VisibleKeys;
  /** Type that k and v are multiplied in: BF16 is faster on a CPU, F32 exact. */
  readonly keyValueType: number;
}

interface BlockSaved {
  readonly q: Variable;
  readonly p: Variable;
  /** Softcapped scores; null without softcap. */
  readonly capped: Variable | null;
}

interface Variant {
  /** A device may read views with gaps between their slices wrongly (Vulkan does): copy them first. */
  readonly copyWindows: boolean;
  /** a·bᵀ over [m,k,n] x [n',k,n], by OUT_PROD or by transposed copies. */
  outer(b: Builder, a: Variable, c: Variable): Variable;
}

/** Fastest on a CPU. */
export const attentionOuter = attentionWith({ copyWindows: false, outer: (b, a, c) => b.outer(a, c) });

/** For graphics devices and for those without OUT_PROD. */
export const attentionMatmul = attentionWith({
  copyWindows: true,
  outer: (b, a, c) => b.matmul(b.contiguous(b.transposed(a)), b.contiguous(b.transposed(c))),
});

function attentionWith(variant: Variant): Operation<AttentionAttributes, readonly BlockSaved[]> {
  /** Keys [first, first+count) of dimension `dim`. */
  const keys = (b: Builder, a: Variable, dim: 0 | 1, first: number, count: number): Variable => {
    if (first === 0 && count === a.shape[dim]) return a;
    const view = b.window(a, dim, first, count);
    return variant.copyWindows ? b.contiguous(view) : view;
  };
  return {
    name: 'attention',
    forward(b, [q, k, v], { scale, softcap, visible, keyValueType }) {
      const [hd, heads] = q!.shape;
      const groups = k!.shape[1];
      const kc = b.copy(b.permuted(k!, [0, 2, 1, 3]), keyValueType); // [hd,T,KV]
      const vT = b.copy(b.permuted(v!, [1, 2, 0, 3]), keyValueType); // [T,hd,KV]
      const saved: BlockSaved[] = [];
      const outputs = visible.blocks().map(({ start, count, firstKey, mask }) => {
        const seen = start + count - firstKey;
        const qb = headMajor(b, q!, start, count); // [hd,count,H]
        const grouped = b.reshape(qb, hd, (count * heads) / groups, groups);
        const s = b.reshape(b.matmul(keys(b, kc, 1, firstKey, seen), grouped), seen, count, heads);
        const capped = softcap === null ? null : b.scale(b.unary('tanh', b.scale(s, scale / softcap)), softcap);
        const p = capped === null ? b.softmax(s, mask, scale) : b.softmax(capped, mask, 1);
        saved.push({ q: qb, p, capped });
        const o = b.matmul(keys(b, vT, 0, firstKey, seen), b.reshape(p, seen, (count * heads) / groups, groups));
        return b.contiguous(b.permuted(b.reshape(o, hd, count, heads), [0, 2, 1, 3])); // [hd,H,count]
      });
      return { outputs: [b.reshape(b.concat(outputs, 2), hd * heads, q!.shape[2])], saved };
    },
    backward(b, { inputs: [q, k, v], saved, attributes }, [dy]) {
      const { scale, softcap, keyValueType } = attributes;
      const blocks = attributes.visible.blocks();
      const [hd, heads, tokens] = q!.shape;
      const groups = k!.shape[1];
      const vc = b.copy(b.permuted(v!, [0, 2, 1, 3]), keyValueType); // [hd,T,KV]
      const kT = b.copy(b.permuted(k!, [1, 2, 0, 3]), keyValueType); // [T,hd,KV]
      const dO = b.reshape(dy!, hd, heads, tokens);
      let dk: Variable | null = null;
      let dv: Variable | null = null;
      // One block over all keys needs no accumulator.
      const whole = blocks.length === 1;
      if (!whole) {
        const zeros = b.contiguous(b.permuted(b.scale(k!, 0), [0, 2, 1, 3]));
        dk = zeros;
        dv = b.scale(zeros, 1);
      }
      const dqs = blocks.map(({ start, count, firstKey }, i) => {
        const { q: qb, p, capped } = saved[i]!;
        const seen = start + count - firstKey;
        const rows = (count * heads) / groups;
        const dOb = b.reshape(headMajor(b, dO, start, count), hd, rows, groups);
        const dp = b.reshape(b.matmul(keys(b, vc, 1, firstKey, seen), dOb), seen, count, heads);
        let ds: Variable;
        if (capped === null || softcap === null) ds = b.softmaxBack(dp, p, scale);
        else {
          const slope = b.affine(b.unary('square', capped), -scale / (softcap * softcap), scale);
          ds = b.mul(b.softmaxBack(dp, p, 1), slope);
        }
        const dsRows = b.reshape(ds, seen, rows, groups);
        const dvPart = variant.outer(b, dOb, b.reshape(p, seen, rows, groups)); // [hd,seen,KV]
        const dkPart = variant.outer(b, b.reshape(qb, hd, rows, groups), dsRows);
        dv = dv === null ? dvPart : b.addToRange(dv, dvPart, firstKey);
        dk = dk === null ? dkPart : b.addToRange(dk, dkPart, firstKey);
        const dqb = b.matmul(keys(b, kT, 0, firstKey, seen), dsRows); // [hd,rows,KV]
        return b.contiguous(b.permuted(b.reshape(dqb, hd, count, heads), [0, 2, 1, 3])); // [hd,H,count]
      });
      const tokenMajor = (a: Variable | null): Variable => b.contiguous(b.permuted(a!, [0, 2, 1, 3]));
      return [b.concat(dqs, 2), tokenMajor(dk), tokenMajor(dv)];
    },
  };
}

/** Tokens [start, start+count) of [hd,H,T] as [hd,count,H]. */
function headMajor(b: Builder, a: Variable, start: number, count: number): Variable {
  const part = start === 0 && count === a.shape[2] ? a : b.slice(a, 3, start, count);
  return b.contiguous(b.permuted(part, [0, 2, 1, 3]));
}

/** The type to multiply keys and values in, by the precision of the model's weights. */
export function keyValueTypeFor(exact: boolean): number {
  return exact ? ggmlType.F32 : ggmlType.BF16;
}
