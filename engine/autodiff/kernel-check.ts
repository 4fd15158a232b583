/**
 * Do our own kernels compute what ggml computes, on this very processor? Asked once a process, before they are used:
 * each kind of product on a small weight in each form in which it may be kept, attention both ways, and the loss, against
 * plain ggml on the same values in F32.
 */
import { Arena } from '../native/arena.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml, ggmlType } from '../native/ggml.ts';
import { loadKernels, refuseKernels } from '../native/kernels.ts';
import { dequantizeRows, quantizeRows } from '../native/quantization.ts';
import { Builder } from './builder.ts';
import { attentionKernel } from './operations/attention-kernel.ts';
import { attentionOuter, type AttentionAttributes } from './operations/attention.ts';
import { kernelOperand, product, requireKernels, wayBack } from './operations/product.ts';
import { Tape, type Operation } from './tape.ts';
import { elementCount, shapeOf, variable, type Variable } from './variable.ts';
import { packInto } from '../model/packed-weights.ts';

/** Of the largest value; rounding to 8 bits costs about 0.006, to BF16 0.002; a wrong product is off by tenths. */
export const largestError = 0.02;

let checked = false;
let measured: number | null = null;

/** What the check of this process found; null before it. */
export function measuredError(): number | null {
  return measured;
}

/** Refuses the kernels for the rest of the process where they compute something else. Takes milliseconds. */
export function checkKernels(cpu: Backend): void {
  if (checked || loadKernels().kernels === null) return;
  checked = true;
  const error = kernelError(cpu);
  measured = error;
  if (error <= largestError) return;
  refuseKernels(`their self-test on this processor failed (off by ${(100 * error).toFixed(1)} %)`);
}

/** The tensor of one shape, and what it is to be filled with. */
type Input = (values: Float32Array | Int32Array, ...ne: readonly number[]) => Variable;

/** Largest difference from ggml, relative to the largest value. */
export function kernelError(cpu: Backend): number {
  const ggml = getGgml();
  const [inFeatures, outFeatures, tokens] = [96, 160, 13];
  using inputs = new Arena(48);
  using arena = new Arena(320, 320);
  const graph = arena.newGraph(320);
  const b = new Builder(arena.context, graph);
  const tensor = (type: number, ...ne: number[]): Variable => {
    const shape = shapeOf(...ne);
    return variable(ggml.newTensor4d(inputs.context, type, ...shape), shape, type);
  };
  const stored = tensor(ggmlType.Q8_0, inFeatures, outFeatures);
  const half = tensor(ggmlType.F16, inFeatures, outFeatures);
  const { int8 } = requireKernels();
  const pack = (depth: number, columns: number): Variable | null =>
    int8 === null ? null : { ...tensor(ggmlType.I8, int8.packBytes(depth, columns)), shape: shapeOf(depth, columns) };
  const [packed, packedBack] = [pack(inFeatures, outFeatures), pack(outFeatures, inFeatures)];
  const plain = tensor(ggmlType.F32, inFeatures, outFeatures);
  const x = tensor(ggmlType.F32, inFeatures, tokens);
  const dy = tensor(ggmlType.F32, outFeatures, tokens);
  const turned = (v: Variable): Variable => b.contiguous(b.transposed(v));
  const filled: { readonly of: Variable; readonly values: Float32Array | Int32Array }[] = [];
  const input: Input = (values, ...ne) => {
    const of = tensor(values instanceof Int32Array ? ggmlType.I32 : ggmlType.F32, ...ne);
    filled.push({ of, values });
    return of;
  };
  const [y, dx] = [b.matmul(plain, x), b.matmul(turned(plain), dy)];
  const pairs: (readonly [Variable, Variable])[] = [
    [product(b, [{ kind: 'leftTurned', left: dy, right: x, factor: 1 }]), b.matmul(turned(x), turned(dy))],
    ...attentionPairs(b, input),
    ...lossPairs(b, input),
  ];
  for (const weight of [plain, half, stored, packed]) {
    if (weight === null) continue;
    pairs.push(
      [product(b, [{ kind: 'rows', left: kernelOperand(b, x, weight.type), right: weight, factor: 1 }]), y],
      [product(b, [wayBack(kernelOperand(b, dy, weight.type), weight, weight === packed ? packedBack : null)]), dx],
    );
  }
  for (const pair of pairs) for (const each of pair) b.output(each);
  const buffer = ggml.allocateContext(inputs.context, cpu.pointer)!;
  const allocator = ggml.allocatorNew(cpu.bufferType);
  try {
    ggml.allocatorAllocate(allocator, graph);
    const bytes = quantizeRows(ggmlType.Q8_0, noise(inFeatures * outFeatures, 1), inFeatures);
    ggml.tensorSet(stored.tensor, bytes, 0, bytes.byteLength);
    const values = dequantizeRows(ggmlType.Q8_0, bytes, inFeatures * outFeatures);
    ggml.tensorSet(plain.tensor, values, 0, values.byteLength);
    const halves = quantizeRows(ggmlType.F16, values, inFeatures);
    ggml.tensorSet(half.tensor, halves, 0, halves.byteLength);
    if (packed !== null) {
      packInto({ type: ggmlType.Q8_0, data: bytes, shape: [inFeatures, outFeatures] }, packed, packedBack);
    }
    ggml.tensorSet(x.tensor, noise(inFeatures * tokens, 2), 0, inFeatures * tokens * 4);
    ggml.tensorSet(dy.tensor, noise(outFeatures * tokens, 3), 0, outFeatures * tokens * 4);
    for (const { of, values: each } of filled) ggml.tensorSet(of.tensor, each, 0, each.byteLength);
    cpu.computeNow(graph);
    return Math.max(...pairs.map(([ours, theirs]) => difference(read(ours), read(theirs))));
  } finally {
    ggml.allocatorFree(allocator);
    ggml.bufferFree(buffer);
  }
}

/** Result and gradients of attention over two sequences, by the kernel and by ggml. */
function attentionPairs(b: Builder, input: Input): readonly (readonly [Variable, Variable])[] {
  const [features, heads, groups, tokens, second] = [48, 4, 2, 45, 33];
  const first = Int32Array.from({ length: tokens }, (_, t) => (t < second ? 0 : second));
  const mask = Float32Array.from({ length: tokens * tokens }, (_, i) => {
    const [query, key] = [Math.floor(i / tokens), i % tokens];
    return key <= query && key >= first[query]! ? 0 : -Infinity;
  });
  const firstKeys = input(first, tokens);
  const blocks = [{ start: 0, count: tokens, firstKey: 0, mask: input(mask, tokens, tokens) }];
  const attributes: AttentionAttributes = {
    ...{ scale: 1, softcap: 5, keyValueType: ggmlType.F32 },
    visible: { firstKeys: () => firstKeys, blocks: () => blocks },
  };
  const qkv = [heads, groups, groups].map((each, i) => {
    const values = noise(features * each * tokens, 4 + i);
    return { ...input(values, features, each, tokens), needsGradient: true };
  });
  const dy = input(noise(features * heads * tokens, 7), features * heads, tokens);
  const both: readonly Operation<AttentionAttributes>[] = [attentionKernel as never, attentionOuter as never];
  const [ours, theirs] = both.map((operation) => {
    const tape = new Tape(b);
    const inputs = qkv.map((each) => ({ ...each }));
    const output = tape.apply1(operation, inputs, attributes);
    output.gradient = dy;
    tape.walkBack();
    return [output, ...inputs.map(({ gradient }) => gradient!)];
  });
  return ours!.map((each, i) => [each, theirs![i]!]);
}

/** Log-probabilities of labels and the gradient of their logits. */
function lossPairs(b: Builder, input: Input): readonly (readonly [Variable, Variable])[] {
  const [vocabulary, rows] = [75, 3];
  const logits = noise(vocabulary * rows, 8).map((value) => 8 * value);
  // One of them is overwritten.
  const [ours, theirs] = [input(logits, vocabulary, rows), input(logits, vocabulary, rows)];
  const labels = input(Int32Array.of(3, vocabulary + 74, 2 * vocabulary), rows);
  const kernels = requireKernels();
  const sums = b.own(kernels.lossSums(b.context, rows, null, [ours.tensor, labels.tensor]), shapeOf(rows * 4));
  const gradients = kernels.lossGradients(b.context, null, ours.tensor, sums.tensor);
  const p = b.softmax(theirs, null, 1);
  return [
    [b.contiguous(b.slice(sums, 1, rows, rows)), b.unary('log', b.getRows(b.reshape(p, 1, vocabulary * rows), labels))],
    [b.own(gradients, ours.shape), p],
  ];
}

function read({ tensor, shape }: Variable): Float32Array {
  const values = new Float32Array(elementCount(shape));
  getGgml().tensorGet(tensor, values, 0, values.byteLength);
  return values;
}

/** Infinity where anything is not a number. */
function difference(a: Float32Array, b: Float32Array): number {
  let [largest, error] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (!Number.isFinite(a[i]!)) return Infinity;
    largest = Math.max(largest, Math.abs(b[i]!));
    error = Math.max(error, Math.abs(a[i]! - b[i]!));
  }
  return error / largest;
}

/** Numbers in [-1, 1) without a pattern: in a regular one, roundings add up instead of cancelling. */
function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
