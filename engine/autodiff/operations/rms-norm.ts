/**
 * y = x / rms(x) x w over dimension 0, rms(x) = sqrt(mean(x²) + epsilon); w frozen, [d], or absent.
 * Gradient, with n = x / rms(x) and g = dy x w:  dx = (g - n x mean(g x n)) / rms(x).
 */
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import type { Variable } from '../variable.ts';

export interface RmsNormAttributes {
  readonly epsilon: number;
  readonly weight: Variable | null;
}

function forward(b: Builder, x: Variable, { epsilon, weight }: RmsNormAttributes): Variable {
  const normal = b.rmsNorm(x, epsilon);
  return weight === null ? normal : b.mul(normal, weight);
}

/** With ggml's own backward node. */
export const rmsNormFused: Operation<RmsNormAttributes, null> = {
  name: 'rmsNorm',
  forward: (b, [x], attributes) => ({ outputs: [forward(b, x!, attributes)], saved: null }),
  backward: (b, { inputs: [x], attributes: { epsilon, weight } }, [dy]) => {
    const g = weight === null ? dy! : b.mul(dy!, weight);
    return [b.rmsNormBack(g, x!, epsilon)];
  },
};

/** From elementary nodes, for devices without the backward node (Metal). */
export const rmsNormComposed: Operation<RmsNormAttributes, null> = {
  name: 'rmsNorm',
  forward: rmsNormFused.forward,
  backward: (b, { inputs: [input], attributes: { epsilon, weight } }, [dy]) => {
    const x = input!;
    const d = x.shape[0];
    const g = weight === null ? dy! : b.mul(dy!, weight);
    const n = b.rmsNorm(x, epsilon);
    const rms = b.unary('squareRoot', b.affine(b.sumRows(b.unary('square', x)), 1 / d, epsilon));
    const projection = b.scale(b.sumRows(b.mul(g, n)), 1 / d);
    return [b.div(b.sub(g, b.mul(n, projection)), rms)];
  },
};
