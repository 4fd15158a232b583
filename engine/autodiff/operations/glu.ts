/**
 * Gated linear units, y = act(gate) x up. Inputs: gate, up.
 *
 * SiLU: act(a) = a s, s = sigmoid(a);                     act'(a) = s (1 + a (1 - s)).
 * GELU (tanh form): act(a) = a s, s = sigmoid(2 c (a + k a³)), c = sqrt(2/pi), k = 0.044715, because
 * (1 + tanh z) / 2 = sigmoid(2 z);                        act'(a) = s (1 + a (1 - s) 2c (1 + 3 k a²)).
 */
import type { Builder } from '../builder.ts';
import type { Operation } from '../tape.ts';
import { shapeOf, type Variable } from '../variable.ts';
import { requireKernels } from './product.ts';

const twoC = 2 * Math.sqrt(2 / Math.PI);
const k = 0.044715;

/** SwiGLU over ggml's fused nodes. */
export const swigluFused: Operation<null, null> = {
  name: 'swiglu',
  forward: (b, [gate, up]) => ({ outputs: [b.swiglu(gate!, up!)], saved: null }),
  backward: (b, { inputs: [gate, up] }, [dy]) => [
    b.siluBack(b.mul(dy!, up!), gate!),
    b.mul(b.unary('silu', gate!), dy!),
  ],
};

/** SwiGLU with a composed gradient. */
export const swigluComposed: Operation<null, null> = {
  name: 'swiglu',
  forward: swigluFused.forward,
  backward: (b, { inputs: [gate, up] }, [dy]) => gluBackward(b, gate!, up!, dy!, b.unary('sigmoid', gate!), null),
};

/** SwiGLU with the whole gradient in one of our own kernels. */
export const swigluKernel: Operation<null, null> = {
  name: 'swiglu',
  forward: swigluFused.forward,
  backward: (b, { inputs: [gate, up] }, [dy]) => kernelBackward(b, 'silu', gate!, up!, dy!),
};

/** GeGLU (tanh); ggml has no backward node for it. */
export const geglu: Operation<null, null> = {
  name: 'geglu',
  forward: (b, [gate, up]) => ({ outputs: [b.geglu(gate!, up!)], saved: null }),
  backward: (b, { inputs: [gate, up] }, [dy]) => {
    const squared = b.unary('square', gate!);
    const s = b.unary('sigmoid', b.mul(gate!, b.affine(squared, twoC * k, twoC)));
    return gluBackward(b, gate!, up!, dy!, s, b.affine(squared, 3 * twoC * k, twoC));
  },
};

/** GeGLU with the whole gradient in one of our own kernels. */
export const gegluKernel: Operation<null, null> = {
  name: 'geglu',
  forward: geglu.forward,
  backward: (b, { inputs: [gate, up] }, [dy]) => kernelBackward(b, 'gelu', gate!, up!, dy!),
};

function kernelBackward(b: Builder, activation: 'silu' | 'gelu', gate: Variable, up: Variable, dy: Variable) {
  const [features, tokens] = gate.shape;
  const inputs = [gate, up, dy].map(({ tensor }) => tensor);
  const tensor = requireKernels().gluBack(b.context, activation, [features, tokens], inputs);
  const both = b.own(tensor, shapeOf(features, 2 * tokens));
  return [b.slice(both, 2, 0, tokens), b.slice(both, 2, tokens, tokens)];
}

/** `slope`: derivative of the sigmoid's argument with respect to a; null for 1. */
function gluBackward(b: Builder, a: Variable, up: Variable, dy: Variable, s: Variable, slope: Variable | null) {
  const activated = b.mul(a, s);
  const dUp = b.mul(activated, dy);
  const inner = b.mul(slope === null ? a : b.mul(a, slope), b.affine(s, -1, 1));
  const dGate = b.mul(b.mul(dy, up), b.mul(s, b.affine(inner, 1, 1)));
  return [dGate, dUp];
}
