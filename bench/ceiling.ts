/** What this machine's matrix product reaches by itself, now: the yardstick of every other figure in the run. */
import { Arena } from '#engine/native/arena.ts';
import type { Backend } from '#engine/native/backend.ts';
import { getGgml, ggmlType } from '#engine/native/ggml.ts';
import { quantizeRows } from '#engine/native/quantization.ts';

const size = 2048;
const columns = 512;
const repeats = 5;

/** GFLOP/s of ggml's mul_mat, [2048,2048] of a type times [2048,512] in F32: the best of a few runs. */
export function matmulCeiling(backend: Backend, type: number): number {
  const ggml = getGgml();
  using arena = new Arena(8, 8);
  const repack = backend.extraBufferTypes().find(({ name }) => name === 'CPU_REPACK');
  const useRepack = repack !== undefined && (type === ggmlType.Q4_0 || type === ggmlType.Q4_K);
  using weightArena = new Arena(4);
  using inputArena = new Arena(4);
  const weight = ggml.newTensor2d(weightArena.context, type, size, size);
  const x = ggml.newTensor2d(inputArena.context, ggmlType.F32, size, columns);
  const weightBuffer = useRepack
    ? ggml.allocateContextFrom(weightArena.context, repack.pointer)!
    : ggml.allocateContext(weightArena.context, backend.pointer)!;
  const inputBuffer = ggml.allocateContext(inputArena.context, backend.pointer)!;
  const values = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i));
  const encoded = quantizeRows(type, values, size);
  ggml.tensorSet(weight, encoded, 0, encoded.byteLength);
  ggml.tensorSet(x, values, 0, size * columns * 4);
  const graph = arena.newGraph(8);
  ggml.expand(graph, ggml.matmul(arena.context, weight, x));
  const allocator = ggml.allocatorNew(backend.bufferType);
  ggml.allocatorAllocate(allocator, graph);
  backend.computeNow(graph);
  let bestMs = Infinity;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    backend.computeNow(graph);
    bestMs = Math.min(bestMs, performance.now() - start);
  }
  ggml.allocatorFree(allocator);
  ggml.bufferFree(inputBuffer);
  ggml.bufferFree(weightBuffer);
  return (2 * size * size * columns) / bestMs / 1e6;
}
