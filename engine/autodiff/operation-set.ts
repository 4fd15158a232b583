/**
 * Which implementation each operation uses: one table, in order of preference. A device takes the first whose
 * nodes it supports, found out by asking it about a small sample graph. Faster kernels for a device are added
 * here as further entries.
 */
import { Arena } from '../native/arena.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml } from '../native/ggml.ts';
import { loadKernels } from '../native/kernels.ts';
import { attentionKernel } from './operations/attention-kernel.ts';
import { attentionMatmul, attentionOuter } from './operations/attention.ts';
import { crossEntropy, crossEntropyKernel } from './operations/cross-entropy.ts';
import { add, addBias, gatherRows, reshape, scale } from './operations/elementwise.ts';
import { geglu, gegluKernel, swigluComposed, swigluFused, swigluKernel } from './operations/glu.ts';
import { linearsKernel } from './operations/linears-kernel.ts';
import { linearsMatmul, linearsOuter } from './operations/linears.ts';
import { rmsNormComposed, rmsNormFused } from './operations/rms-norm.ts';
import { rope } from './operations/rope.ts';
import { Builder } from './builder.ts';
import { checkKernels } from './kernel-check.ts';
import { samples, type SampleInputs } from './samples.ts';
import { Tape, type Operation } from './tape.ts';
import { variable, type Variable } from './variable.ts';

interface Implementation<O> {
  readonly id: string;
  readonly operation: O;
  /** Devices it is meant for; absent: any that supports its nodes. */
  readonly only?: (backend: Backend) => boolean;
}

const onCpu = (backend: Backend): boolean => backend.device.kind === 'cpu';
/** Our own kernels (engine/kernels): where they are there, fit the processor and have passed their self-test. */
const withKernels = (backend: Backend): boolean => onCpu(backend) && loadKernels().kernels !== null;
const one = <O>(operation: O): readonly [Implementation<O>] => [{ id: 'ggml', operation }];

export const implementations = {
  add: one(add),
  addBias: one(addBias),
  scale: one(scale),
  reshape: one(reshape),
  gatherRows: one(gatherRows),
  rope: one(rope),
  rmsNorm: [
    { id: 'fused', operation: rmsNormFused },
    { id: 'composed', operation: rmsNormComposed },
  ],
  swiglu: [
    { id: 'kernel', operation: swigluKernel, only: withKernels },
    { id: 'fused', operation: swigluFused },
    { id: 'composed', operation: swigluComposed },
  ],
  geglu: [
    { id: 'kernel', operation: gegluKernel, only: withKernels },
    { id: 'ggml', operation: geglu },
  ],
  linears: [
    { id: 'kernel', operation: linearsKernel, only: withKernels },
    { id: 'outer', operation: linearsOuter },
    { id: 'matmul', operation: linearsMatmul },
  ],
  attention: [
    { id: 'kernel', operation: attentionKernel, only: withKernels },
    // Views with gaps are read wrongly by Vulkan although it says it supports them, so only a CPU gets them.
    { id: 'outer', operation: attentionOuter, only: onCpu },
    { id: 'matmul', operation: attentionMatmul },
  ],
  crossEntropy: [
    { id: 'kernel', operation: crossEntropyKernel, only: withKernels },
    { id: 'ggml', operation: crossEntropy },
  ],
} as const satisfies Record<string, readonly Implementation<unknown>[]>;

export type OperationName = keyof typeof implementations;
export type OperationSet = { readonly [N in OperationName]: (typeof implementations)[N][0]['operation'] };
export type ImplementationIds = { readonly [N in OperationName]: string };

/** The operations a device will use, and which implementation each one is; null with the first that it cannot. */
export function selectOperations(backend: Backend): {
  readonly operations: OperationSet;
  readonly ids: ImplementationIds;
  readonly missing: OperationName | null;
} {
  if (onCpu(backend)) checkKernels(backend);
  const operations: Record<string, unknown> = {};
  const ids: Record<string, string> = {};
  let missing: OperationName | null = null;
  for (const name of Object.keys(implementations) as OperationName[]) {
    const candidates: readonly Implementation<unknown>[] = implementations[name];
    const chosen = candidates.find(
      ({ operation, only }) =>
        (only?.(backend) ?? true) && supportsSample(backend, operation as Operation<unknown>, samples[name]()),
    );
    if (chosen === undefined) missing ??= name;
    operations[name] = (chosen ?? candidates[0])!.operation;
    ids[name] = (chosen ?? candidates[0])!.id;
  }
  return { operations: operations as OperationSet, ids: ids as ImplementationIds, missing };
}

/** Builds the sample forward and backward without computing it, and asks the device about every node. */
function supportsSample(backend: Backend, operation: Operation<unknown>, sample: SampleInputs): boolean {
  using arena = new Arena(600, 600);
  const graph = arena.newGraph(600);
  const builder = new Builder(arena.context, graph);
  const { inputs, attributes, gradients } = sample(arena);
  const tape = new Tape(builder);
  const outputs = tape.apply(operation, inputs, attributes);
  outputs.forEach((output, i) => {
    builder.expand(output);
    if (gradients[i] === true) output.gradient = onesLike(arena, output);
  });
  tape.walkBack();
  for (const input of inputs) if (input.gradient !== null) builder.expand(input.gradient);
  const ggml = getGgml();
  for (let i = 0; i < ggml.graphNodeCount(graph); i++) {
    if (!backend.supports(ggml.graphNode(graph, i))) return false;
  }
  return true;
}

function onesLike(arena: Arena, v: Variable): Variable {
  return variable(getGgml().newTensor4d(arena.context, v.type, ...v.shape), v.shape, v.type);
}
