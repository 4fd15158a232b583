/** Addition, scaling, frozen biases and reshapes. */
import type { Operation } from '../tape.ts';

/** y = a + b, same shapes. */
export const add: Operation<null, null> = {
  name: 'add',
  forward: (b, [x, y]) => ({ outputs: [b.add(x!, y!)], saved: null }),
  backward: (_b, _step, [dy]) => [dy!, dy!],
};

/** y = factor x x. */
export const scale: Operation<{ readonly factor: number }, null> = {
  name: 'scale',
  forward: (b, [x], { factor }) => ({ outputs: [b.scale(x!, factor)], saved: null }),
  backward: (b, { attributes }, [dy]) => [b.scale(dy!, attributes.factor)],
};

/** y = x + bias, the bias frozen and broadcast over dimension 1. Inputs: x, bias. */
export const addBias: Operation<null, null> = {
  name: 'addBias',
  forward: (b, [x, bias]) => ({ outputs: [b.add(x!, bias!)], saved: null }),
  backward: (_b, _step, [dy]) => [dy!, null],
};

/** The same values in another shape. */
export const reshape: Operation<{ readonly shape: readonly number[] }, null> = {
  name: 'reshape',
  forward: (b, [x], { shape }) => ({ outputs: [b.reshape(x!, ...shape)], saved: null }),
  backward: (b, { inputs: [x] }, [dy]) => [b.reshape(dy!, ...x!.shape)],
};

/**
 * y = rows of x by index. The way back is a gather too: `inverse[t]` is the row of y that came from row t of x.
 * Rows of x that were not taken point at the last row of y, whose gradient must therefore be zero: the caller
 * pads the index with one row of weight 0. Inputs: x, index (I32 [n]), inverse (I32 [rows of x]).
 */
export const gatherRows: Operation<null, null> = {
  name: 'gatherRows',
  forward: (b, [x, index]) => ({ outputs: [b.getRows(x!, index!)], saved: null }),
  backward: (b, { inputs: [, , inverse] }, [dy]) => [b.getRows(dy!, inverse!), null, null],
};
