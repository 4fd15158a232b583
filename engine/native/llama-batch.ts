import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import type { LlamaBatch } from './llama-types.ts';

/**
 * A list of tokens, each with its position and sequence, in the arrays that libllama reads. The arrays live as long
 * as this object and are never moved, so that a batch may be computed on another thread.
 */
export class TokenBatch {
  readonly capacity: number;
  private count = 0;
  private readonly ids: Int32Array;
  private readonly positions: Int32Array;
  private readonly sequenceCounts: Int32Array;
  private readonly sequenceIds: Int32Array;
  private readonly sequencePointers: BigUint64Array;
  private readonly wanted: Int8Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    // Explicit buffers: a small typed array's own memory may be moved by the garbage collector.
    const words = () => new Int32Array(new ArrayBuffer(4 * capacity));
    this.ids = words();
    this.positions = words();
    this.sequenceCounts = words().fill(1);
    this.sequenceIds = words();
    this.sequencePointers = new BigUint64Array(new ArrayBuffer(8 * capacity));
    this.wanted = new Int8Array(new ArrayBuffer(capacity));
    const base = koffi.address(this.sequenceIds);
    for (let i = 0; i < capacity; i++) this.sequencePointers[i] = base + BigInt(4 * i);
  }

  get size(): number {
    return this.count;
  }

  get room(): number {
    return this.capacity - this.count;
  }

  clear(): void {
    this.count = 0;
  }

  /** Adds a token and answers its index in the batch, for `logits(index)` where `wantLogits`. */
  add(id: number, position: number, sequence: number, wantLogits: boolean): number {
    if (this.room === 0) throw new TunesmithError('internal', 'The batch of tokens is full.');
    const index = this.count++;
    this.ids[index] = id;
    this.positions[index] = position;
    this.sequenceIds[index] = sequence;
    this.wanted[index] = wantLogits ? 1 : 0;
    return index;
  }

  native(): LlamaBatch {
    return {
      n_tokens: this.count,
      token: koffi.address(this.ids),
      embd: null,
      pos: koffi.address(this.positions),
      n_seq_id: koffi.address(this.sequenceCounts),
      seq_id: koffi.address(this.sequencePointers),
      logits: koffi.address(this.wanted),
    };
  }
}
