/** The operations around the linear layers, with weights that are trained: embedding, norm and bias. */
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import { elementCount, type Variable } from '../variable.ts';

/** y = rows of a table by id. Inputs: table [d,V], ids (I32 [T]). Each row's gradient is the sum over its uses. */
export const embed: Operation<null, null> = {
  name: 'embed',
  forward: (b, [table, ids]) => ({ outputs: [b.getRows(table!, ids!)], saved: null }),
  backward: (b, { inputs: [table, ids] }, [dy]) => [b.scatterRows(dy!, ids!, table!), null],
};

/**
 * y = n x w over dimension 0, with n = x / rms(x) as in `rms-norm.ts`. Inputs: x, w [d].
 * dw = sum over all rows of dy x n.
 */
export const trainedNorm: Operation<{ readonly epsilon: number }, null> = {
  name: 'trainedNorm',
  forward: (b, [x, w], { epsilon }) => ({ outputs: [b.mul(b.rmsNorm(x!, epsilon), w!)], saved: null }),
  backward: (b, { inputs: [x, w], attributes: { epsilon } }, [dy]) => [
    b.rmsNormBack(b.mul(dy!, w!), x!, epsilon),
    sumOverRows(b, b.mul(dy!, b.rmsNorm(x!, epsilon))),
  ],
};

/** y = x + bias, broadcast over dimension 1. Inputs: x, bias [d]. */
export const trainedBias: Operation<null, null> = {
  name: 'trainedBias',
  forward: (b, [x, bias]) => ({ outputs: [b.add(x!, bias!)], saved: null }),
  backward: (b, _step, [dy]) => [dy!, sumOverRows(b, dy!)],
};

/** [d, …] summed over all but dimension 0. */
function sumOverRows(b: Builder, v: Variable): Variable {
  const d = v.shape[0];
  const rows = b.reshape(v, d, elementCount(v.shape) / d);
  return b.reshape(b.sumRows(b.contiguous(b.transposed(rows))), d);
}
