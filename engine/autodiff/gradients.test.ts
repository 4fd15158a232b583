import { describe, expect, test } from 'vitest';
import { Arena } from '../native/arena.ts';
import { Backend, listDevices } from '../native/backend.ts';
import { getGgml } from '../native/ggml.ts';
import { loadKernels } from '../native/kernels.ts';
import { Builder } from './builder.ts';
import { implementations, type OperationName } from './operation-set.ts';
import { moreSamples, moreTrainedSamples, samples, trainedSamples, type SampleInputs } from './samples.ts';
import { Tape, type Operation } from './tape.ts';
import { trainedImplementations } from './trained-operations.ts';
import { elementCount, variable, type Variable } from './variable.ts';

/**
 * Every implementation of every operation against central differences in F32: the gradient of
 * sum(output x r), r random, with respect to every input, along random directions and in single coordinates.
 */
const cases = (Object.keys(implementations) as OperationName[]).flatMap((name) => [
  ...implementations[name].map(({ id, operation }) => ({
    id,
    title: `${name} (${id})`,
    operation,
    make: samples[name],
  })),
  ...Object.entries(moreSamples)
    .filter(([, { operation }]) => operation === name)
    .flatMap(([title, { make }]) =>
      implementations[name].map(({ id, operation }) => ({ id, title: `${title} (${id})`, operation, make })),
    ),
]);

const trainedCases = (Object.keys(trainedImplementations) as (keyof typeof trainedImplementations)[]).flatMap((name) =>
  Object.entries(trainedImplementations[name]).flatMap(([id, operation]) => [
    { id, title: `${name} (${id})`, operation, make: trainedSamples[name]() },
    ...Object.entries(moreTrainedSamples)
      .filter(([, more]) => more.operation === name)
      .map(([title, { make }]) => ({ id, title: `${title} (${id})`, operation, make: make() })),
  ]),
);

describe('gradients agree with finite differences', () => {
  for (const { id, title, operation, make } of cases) {
    test.skipIf(id === 'kernel' && loadKernels().kernels === null)(title, () => {
      checkGradient(operation as Operation<unknown>, make());
    });
  }
  for (const { id, title, operation, make } of trainedCases) {
    test.skipIf(id === 'kernel' && loadKernels().kernels === null)(title, () => {
      checkGradient(operation as Operation<unknown>, make);
    });
  }
});

function checkGradient(operation: Operation<unknown>, makeSample: SampleInputs): void {
  const ggml = getGgml();
  const cpu = listDevices().find((device) => device.kind === 'cpu')!;
  using backend = new Backend(cpu, 1);
  using inputArena = new Arena(200);
  const sample = makeSample(inputArena);
  using arena = new Arena(2000, 2000);
  const graph = arena.newGraph(2000);
  const builder = new Builder(arena.context, graph);
  const tape = new Tape(builder);
  const outputs = tape.apply(operation, sample.inputs, sample.attributes);
  for (const output of outputs) builder.output(output);
  const isLoss = operation.name === 'crossEntropy' || operation.name === 'trainedCrossEntropy';
  const weights = outputs.map((output) => {
    const r = randomValues(elementCount(output.shape), output.shape[0]);
    r.fill(0, r.length - sample.silentOutputs);
    const tensor = ggml.newTensor4d(inputArena.context, 0, ...output.shape);
    output.gradient = variable(tensor, output.shape, 0);
    return { r, tensor };
  });
  tape.walkBack();
  const wanted = sample.inputs.filter((input) => input.needsGradient);
  for (const input of wanted) builder.output(input.gradient!);

  const inputBuffer = ggml.allocateContext(inputArena.context, backend.pointer)!;
  const allocator = ggml.allocatorNew(backend.bufferType);
  expect(ggml.allocatorAllocate(allocator, graph)).toBe(true);
  const values = new Map<Variable, Float32Array>();
  sample.random.forEach((v, i) => values.set(v, randomValues(elementCount(v.shape), i + 1)));
  const write = (v: Variable, data: Float32Array | Int32Array) => ggml.tensorSet(v.tensor, data, 0, data.byteLength);
  const read = (v: Variable) => {
    const data = new Float32Array(elementCount(v.shape));
    ggml.tensorGet(v.tensor, data, 0, data.byteLength);
    return data;
  };
  for (const { of, values: fixed } of sample.fixed) write(of, fixed);
  for (const { r, tensor } of weights) ggml.tensorSet(tensor, r, 0, r.byteLength);

  /** The scalar that is differentiated. The loss operation is its own scalar, negated. */
  const evaluate = (): number => {
    for (const [v, data] of values) write(v, data);
    backend.computeNow(graph);
    if (isLoss) return -read(outputs[0]!)[0]!;
    return outputs.reduce((sum, output, i) => sum + dot(read(output), weights[i]!.r), 0);
  };
  evaluate();
  const gradients = wanted.map((input) => read(input.gradient!));
  wanted.forEach((input, which) => {
    const at = values.get(input)!;
    const original = at.slice();
    const gradient = gradients[which]!;
    for (let direction = 0; direction < 3; direction++) {
      // Along the gradient, then along random directions: one number covers all coordinates.
      const along = direction === 0 ? gradient.slice() : randomValues(at.length, 100 + direction);
      const length = Math.sqrt(dot(along, along));
      expect(length).toBeGreaterThan(0);
      const step = 2e-2;
      const probe = (sign: number): number => {
        at.set(original.map((value, i) => value + (sign * step * along[i]!) / length));
        const value = evaluate();
        at.set(original);
        return value;
      };
      const numeric = (probe(1) - probe(-1)) / (2 * step);
      const analytic = dot(gradient, along) / length;
      const scale = Math.sqrt(dot(gradient, gradient));
      expect(Math.abs(numeric - analytic) / scale, `input ${which}, direction ${direction}`).toBeLessThan(2e-3);
    }
  });
  ggml.allocatorFree(allocator);
  ggml.bufferFree(inputBuffer);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Deterministic values in [-1, 1]. */
function randomValues(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
