/** A ggml context for tensor descriptions only (no data), freed with its scope. */
import { TunesmithError } from '#common/domain/errors.ts';
import { getGgml, type ContextPointer, type GraphPointer } from './ggml.ts';

export class Arena implements Disposable {
  readonly context: ContextPointer;
  private freed = false;

  /** Room for `tensors` tensor descriptions, and one graph of `graphNodes` nodes where given. */
  constructor(tensors: number, graphNodes = 0) {
    const ggml = getGgml();
    const bytes =
      Number(ggml.tensorOverhead()) * (tensors + 8) +
      (graphNodes > 0 ? Number(ggml.graphOverhead(graphNodes, false)) : 0) +
      4096;
    const context = ggml.init({ mem_size: bytes, mem_buffer: null, no_alloc: true });
    if (!context) throw new TunesmithError('out-of-memory', 'Not enough memory to describe the model.');
    this.context = context;
  }

  newGraph(nodes: number): GraphPointer {
    return getGgml().newGraph(this.context, nodes, false);
  }

  [Symbol.dispose](): void {
    if (this.freed) return;
    this.freed = true;
    getGgml().free(this.context);
  }
}
