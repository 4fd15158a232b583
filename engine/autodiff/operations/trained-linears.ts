/**
 * Linear layers that share their input and whose weights are trained: y_i = W_i x.
 * Inputs: x [in,T], then each W_i [in,out_i] in F32. Gradients: dx = sum of W_iᵀ dy_i, dW_i = x dy_iᵀ.
 */
import { ggmlType } from '../../native/ggml.ts';
import type { Operation } from '../tape.ts';
import type { Variable } from '../variable.ts';
import { kernelOperand, kernelOperands, product, requireKernels, wayBack } from './product.ts';

export interface TrainedLinearsAttributes {
  /** Products of activations with weights may be done in BF16; the weights' own gradient is F32 either way. */
  readonly rounded: boolean;
}

/** With ggml's products. */
export const trainedLinears: Operation<TrainedLinearsAttributes, null> = {
  name: 'trainedLinears',
  forward: (b, [x, ...weights]) => ({ outputs: weights.map((weight) => b.matmul(weight, x!)), saved: null }),
  backward(b, { inputs: [x, ...weights] }, dys) {
    let dx: Variable | null = null;
    const dWeights = weights.map((weight, i) => {
      const dy = requireGradient(dys[i]);
      if (x!.needsGradient) {
        const term = b.outer(weight, b.contiguous(b.transposed(dy)));
        dx = dx === null ? term : b.add(dx, term);
      }
      return b.outer(x!, dy);
    });
    return [dx, ...dWeights];
  },
};

/** With our own kernels; `saved` are the weights as they are multiplied. */
export const trainedLinearsKernel: Operation<TrainedLinearsAttributes, readonly Variable[]> = {
  name: 'trainedLinears',
  forward(b, [x, ...weights], { rounded }) {
    const rounds = rounded && requireKernels().multipliesBf16;
    const operands = weights.map((weight) => (rounds ? b.cast(weight, ggmlType.BF16) : weight));
    const left = kernelOperands(b, x!);
    return {
      outputs: operands.map((right) => product(b, [{ kind: 'rows', left: left(right.type), right, factor: 1 }])),
      saved: operands,
    };
  },
  backward(b, { inputs: [x], saved: operands }, dys) {
    const gradients = operands.map((_, i) => requireGradient(dys[i]));
    const dx = x!.needsGradient
      ? product(
          b,
          operands.map((right, i) => wayBack(kernelOperand(b, gradients[i]!, right.type), right, null)),
        )
      : null;
    return [dx, ...gradients.map((dy) => product(b, [{ kind: 'leftTurned', left: dy, right: x!, factor: 1 }]))];
  },
};

function requireGradient(dy: Variable | null | undefined): Variable {
  if (dy === null || dy === undefined) throw new Error('every layer of a group takes part in the loss');
  return dy;
}
