/**
 * The attention of `attention.ts` in one of our own kernels each way (engine/kernels/attention.c): no scores and no mask are
 * stored. What is kept for the way back is the result and, for each query and head, the logarithm of its softmax's sum.
 */
import type { AttentionSettings } from '../../native/kernels.ts';
import type { Operation } from '../tape.ts';
import { elementCount, shapeOf, type Variable } from '../variable.ts';
import type { AttentionAttributes } from './attention.ts';
import { requireKernels } from './product.ts';

type Saved = { readonly result: Variable };

export const attentionKernel: Operation<AttentionAttributes, Saved> = {
  name: 'attention',
  forward(b, [q, k, v], attributes) {
    const [features, heads, tokens] = q!.shape;
    const inputs = [q!, k!, v!, attributes.visible.firstKeys()].map(({ tensor }) => tensor);
    const tensor = requireKernels().attention(b.context, settingsOf(q!, k!, attributes), inputs);
    const result = b.own(tensor, shapeOf((features + 1) * heads * tokens));
    const output = b.reshape(b.slice(result, 1, 0, features * heads * tokens), features * heads, tokens);
    return { outputs: [output], saved: { result } };
  },
  backward(b, { inputs: [q, k, v], saved: { result }, attributes }, [dy]) {
    const inputs = [q!, k!, v!, attributes.visible.firstKeys(), result, dy!].map(({ tensor }) => tensor);
    const tensor = requireKernels().attentionBack(b.context, settingsOf(q!, k!, attributes), inputs);
    const [features, heads, tokens] = q!.shape;
    const groups = k!.shape[1];
    const all = b.own(tensor, shapeOf(((features + 1) * heads + 2 * features * groups) * tokens));
    let start = 0;
    return [q!, k!, v!].map(({ shape }) => {
      const gradient = b.reshape(b.slice(all, 1, start, elementCount(shape)), ...shape);
      start += elementCount(shape);
      return gradient;
    });
  },
};

function settingsOf(q: Variable, k: Variable, { scale, softcap }: AttentionAttributes): AttentionSettings {
  const [features, heads, tokens] = q.shape;
  return { shape: [features, heads, tokens], groups: k.shape[1], scale, softcap };
}
