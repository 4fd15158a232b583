/** Devices, and one opened backend with its threads, its cancel switch and asynchronous compute. */
import fs from 'node:fs';
import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import { announceAddition } from '#common/platform/additions.ts';
import { currentHost } from '#common/platform/host.ts';
import { libraryFileNames } from '#common/platform/native-libraries.ts';
import {
  computeStatus,
  deviceType,
  getGgml,
  type BackendPointer,
  type BufferTypePointer,
  type ContextPointer,
  type DevicePointer,
  type GraphPointer,
  type TensorPointer,
} from './ggml.ts';
import { loadLibraries } from './library.ts';

export type DeviceKind = 'cpu' | 'cuda' | 'metal' | 'vulkan' | 'other';

export interface Device {
  readonly pointer: DevicePointer;
  /** ggml's name: `CPU`, `CUDA0`, `Vulkan0`, `Metal`. */
  readonly id: string;
  readonly kind: DeviceKind;
  readonly description: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const setThreadsProto = koffi.proto('void tunesmith_set_n_threads(void* backend, int n)');
const setAbortProto = koffi.proto('void tunesmith_set_abort(void* backend, void* callback, void* data)');
const extraBuffersProto = koffi.proto('void* tunesmith_extra_bufts(void* device)');

let backendsLoaded = false;

/** Loads every backend library in the folder, once per process. A driver that is missing is just not listed. */
export function loadBackends(): void {
  if (backendsLoaded) return;
  backendsLoaded = true;
  quietenLog();
  const ggml = getGgml();
  const { folder } = loadLibraries();
  const names = libraryFileNames(currentHost()).backends;
  // What was added is for folders without CUDA of their own: two of it would see each card twice.
  const loaded = fs.readdirSync(folder).some((name) => names.cuda.test(name)) ? null : announceAddition();
  ggml.loadAllBackends(folder);
  if (loaded === null) return;
  // Asking for its memory is what first wakes a card.
  for (let i = 0; i < Number(ggml.deviceCount()); i += 1) ggml.deviceMemory(ggml.deviceAt(i), [0], [0]);
  loaded();
}

/** All devices that ggml found, in its order. */
export function listDevices(): readonly Device[] {
  loadBackends();
  const ggml = getGgml();
  return Array.from({ length: Number(ggml.deviceCount()) }, (_, i) => {
    const pointer = ggml.deviceAt(i);
    const id = ggml.deviceName(pointer);
    const free: [number] = [0];
    const total: [number] = [0];
    ggml.deviceMemory(pointer, free, total);
    return {
      pointer,
      id,
      kind: kindOf(id, ggml.deviceType(pointer)),
      description: ggml.deviceDescription(pointer),
      freeBytes: Number(free[0]),
      totalBytes: Number(total[0]),
    };
  });
}

function kindOf(id: string, type: number): DeviceKind {
  if (/^cuda/i.test(id)) return 'cuda';
  if (/^(metal|mtl)/i.test(id)) return 'metal';
  if (/^vulkan/i.test(id)) return 'vulkan';
  return type === deviceType.cpu ? 'cpu' : 'other';
}

/** An opened device. Dispose it after everything that was allocated on it. */
export class Backend implements Disposable {
  readonly device: Device;
  readonly pointer: BackendPointer;
  readonly bufferType: BufferTypePointer;
  private threadCount: number;
  private readonly cancelFlag: ContextPointer | null;
  private readonly supportCache = new Map<string, boolean>();

  constructor(device: Device, threads: number) {
    const ggml = getGgml();
    const pointer = ggml.deviceInit(device.pointer, null);
    if (!pointer) {
      throw new TunesmithError('device-unavailable', `${device.description} could not be opened.`, {
        advice: 'Choose "cpu" as the device, or update the graphics driver.',
      });
    }
    this.device = device;
    this.pointer = pointer;
    this.bufferType = ggml.defaultBufferType(pointer);
    this.threadCount = threads;
    this.setThreads(threads);
    this.cancelFlag = this.installCancelFlag();
  }

  get threads(): number {
    return this.device.kind === 'cpu' ? this.threadCount : 0;
  }

  /** CPU only; other devices ignore it. */
  setThreads(threads: number): void {
    this.threadCount = threads;
    const address = this.procAddress('ggml_backend_set_n_threads');
    if (address) koffi.call(address, setThreadsProto, this.pointer, threads);
  }

  /**
   * Buffer types that repack weights for faster CPU kernels, e.g. `CPU_REPACK`. Empty elsewhere.
   */
  extraBufferTypes(): readonly { readonly name: string; readonly pointer: BufferTypePointer }[] {
    const address = this.procAddress('ggml_backend_dev_get_extra_bufts');
    if (!address) return [];
    const list = koffi.call(address, extraBuffersProto, this.device.pointer) as bigint | null;
    if (!list) return [];
    const found: { name: string; pointer: BufferTypePointer }[] = [];
    for (let i = 0; ; i++) {
      const pointer = koffi.decode(list, i * 8, 'void*') as BufferTypePointer | null;
      if (!pointer) return found;
      found.push({ name: getGgml().bufferTypeName(pointer), pointer });
    }
  }

  supports(tensor: TensorPointer): boolean {
    return getGgml().deviceSupportsOp(this.device.pointer, tensor);
  }

  /** Remembers the answer of a probe per operation: the probe builds a small sample node. */
  supportsCached(key: string, probe: () => boolean): boolean {
    let known = this.supportCache.get(key);
    if (known === undefined) {
      known = probe();
      this.supportCache.set(key, known);
    }
    return known;
  }

  /**
   * Computes a graph without stopping the event loop. Rejects with `cancelled` when the signal fires: at once on
   * a CPU (between two nodes), when the graph is through elsewhere.
   */
  async compute(graph: GraphPointer, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const ggml = getGgml();
    const raiseFlag = () => {
      if (this.cancelFlag) ggml.setNoAlloc(this.cancelFlag, true);
    };
    signal?.addEventListener('abort', raiseFlag, { once: true });
    let status: number;
    try {
      status = await new Promise<number>((resolve, reject) => {
        ggml.compute.async(this.pointer, graph, (error, result) => (error ? reject(error) : resolve(result)));
      });
    } finally {
      signal?.removeEventListener('abort', raiseFlag);
      if (this.cancelFlag) ggml.setNoAlloc(this.cancelFlag, false);
    }
    signal?.throwIfAborted();
    throwOnStatus(status);
  }

  /** For small graphs, where a round trip through a worker thread costs more than the work. */
  computeNow(graph: GraphPointer): void {
    throwOnStatus(getGgml().compute(this.pointer, graph));
  }

  [Symbol.dispose](): void {
    getGgml().backendFree(this.pointer);
    if (this.cancelFlag) getGgml().free(this.cancelFlag);
  }

  /**
   * The CPU backend asks an abort callback between nodes. A callback into JavaScript would need the blocked
   * thread, so the callback is a C function that already exists: `ggml_get_no_alloc(context)`, on a context that
   * is used for nothing else. Raising the flag is then one plain store.
   */
  private installCancelFlag(): ContextPointer | null {
    const address = this.procAddress('ggml_backend_set_abort_callback');
    if (!address) return null;
    const ggml = getGgml();
    const flag = ggml.init({ mem_size: 1024, mem_buffer: null, no_alloc: false });
    koffi.call(address, setAbortProto, this.pointer, ggml.getNoAllocAddress(), flag);
    return flag;
  }

  private procAddress(name: string): bigint | null {
    return getGgml().procAddress(getGgml().deviceRegistry(this.device.pointer), name);
  }
}

function throwOnStatus(status: number): void {
  if (status === computeStatus.success) return;
  if (status === computeStatus.allocFailed) {
    throw new TunesmithError('out-of-memory', 'The device ran out of memory while computing.', {
      advice: 'Use shorter examples, a smaller model, or switch gradient checkpointing on.',
    });
  }
  throw new TunesmithError('internal', `The device could not compute the graph (status ${status}).`);
}

const logProto = koffi.pointer(koffi.proto('void tunesmith_log(int level, const char* text, void* data)'));

/** ggml writes its start-up chatter to stderr; only errors are worth showing. */
function quietenLog(): void {
  const errorLevel = 4;
  const callback = koffi.register((level: number, text: string) => {
    if (level === errorLevel) process.stderr.write(text);
  }, logProto);
  getGgml().logSet(callback, null);
}
