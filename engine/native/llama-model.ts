/** A model opened by libllama, on the CPU, with its vocabulary. */
import fs from 'node:fs';
import { TunesmithError } from '#common/domain/errors.ts';
import { clearComplaints, llama, recentComplaints } from './llama.ts';
import { loadMode, type LlamaAdapterPointer, type LlamaModelPointer, type LlamaVocabPointer } from './llama-types.ts';

export interface OpenModelOptions {
  /** Reads the vocabulary and the metadata, no weights. */
  readonly vocabOnly?: boolean;
  /**
   * Copies weights into the layouts that CPU kernels like best (faster, but the file's pages are then not shared
   * with other readers, and the activations are rounded differently). Off by default.
   */
  readonly repack?: boolean;
}

const noDevices = new BigUint64Array(new ArrayBuffer(8));

export class LlamaModel implements Disposable {
  readonly path: string;
  readonly pointer: LlamaModelPointer;
  readonly vocab: LlamaVocabPointer;
  readonly vocabularySize: number;
  private freed = false;

  /** Throws `file-not-found`, `architecture-unsupported` or `file-corrupt`. */
  constructor(path: string, options: OpenModelOptions = {}) {
    assertReadable(path);
    const api = llama();
    const params = api.modelDefaults();
    params.devices = noDevices;
    params.n_gpu_layers = 0;
    params.load_mode = loadMode.mmap;
    params.vocab_only = options.vocabOnly ?? false;
    params.use_extra_bufts = options.repack ?? false;
    clearComplaints();
    const pointer = api.loadModel(path, params);
    if (!pointer) throw loadFailure(path);
    this.path = path;
    this.pointer = pointer;
    this.vocab = api.modelVocab(pointer);
    this.vocabularySize = api.vocabSize(this.vocab);
  }

  /** Tokens the model was made for. */
  get contextLength(): number {
    return llama().modelContextLength(this.pointer);
  }

  /** What one token takes in the cache of keys and values, as F16; about right where the layers differ. */
  get cacheBytesPerToken(): number {
    const architecture = this.metadata('general.architecture') ?? '';
    const value = (key: string) => Number(this.metadata(`${architecture}.${key}`) ?? NaN) || 0;
    const heads = value('attention.head_count') || 1;
    const headLength = value('attention.key_length') || value('embedding_length') / heads;
    const keysAndValues = 2;
    const bytesEach = 2;
    return value('block_count') * (value('attention.head_count_kv') || heads) * headLength * keysAndValues * bytesEach;
  }

  /** The file's own Jinja template, or null. */
  get chatTemplate(): string | null {
    return llama().modelChatTemplate(this.pointer, null);
  }

  /** One value of the file's metadata as text, or null where the key is absent. */
  metadata(key: string): string | null {
    const api = llama();
    const length = api.modelMetadata(this.pointer, key, null, 0);
    if (length < 0) return null;
    const bytes = Buffer.alloc(length + 1);
    api.modelMetadata(this.pointer, key, bytes, bytes.length);
    return bytes.toString('utf8', 0, length);
  }

  /** Contexts and adapters of this model must be disposed before. */
  [Symbol.dispose](): void {
    if (this.freed) return;
    this.freed = true;
    llama().freeModel(this.pointer);
  }
}

/** A LoRA adapter file, loaded for one model. */
export class LlamaAdapter implements Disposable {
  readonly pointer: LlamaAdapterPointer;
  private freed = false;

  /** Throws `file-not-found`, or `file-unsupported` where the adapter does not belong to this model. */
  constructor(model: LlamaModel, path: string) {
    assertReadable(path);
    clearComplaints();
    const pointer = llama().loadAdapter(model.pointer, path);
    if (!pointer) {
      throw new TunesmithError(
        'file-unsupported',
        `The adapter ${path} could not be put on this model${reasonFromLog()}.`,
        { advice: 'Use the base model that the adapter was trained on.' },
      );
    }
    this.pointer = pointer;
  }

  [Symbol.dispose](): void {
    if (this.freed) return;
    this.freed = true;
    llama().freeAdapter(this.pointer);
  }
}

/** libllama's first complaint as the end of a sentence: ` (tensor 'x' not found)`, or nothing. */
export function reasonFromLog(): string {
  const [first] = recentComplaints();
  if (first === undefined) return '';
  const reason = first.replace(/^(error loading model: )?(llama_model_loader: )?/, '').replace(/\.$/, '');
  return ` (${reason})`;
}

function assertReadable(path: string): void {
  try {
    fs.accessSync(path, fs.constants.R_OK);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TunesmithError(
      missing ? 'file-not-found' : 'file-not-readable',
      missing ? `There is no file ${path}.` : `The file ${path} cannot be read.`,
      { advice: 'Check the path and its permissions.', cause },
    );
  }
}

function loadFailure(path: string): TunesmithError {
  const log = recentComplaints().join('\n');
  const architecture = /unknown (?:model )?architecture: '([^']*)'/.exec(log)?.[1];
  if (architecture !== undefined) {
    return new TunesmithError(
      'architecture-unsupported',
      `The model ${path} is of the kind “${architecture}”, which this version of llama.cpp does not know.`,
      { advice: 'Choose another base model.' },
    );
  }
  return new TunesmithError('file-corrupt', `The model ${path} could not be opened${reasonFromLog()}.`, {
    advice: 'The file may be damaged or incomplete: download it again.',
  });
}
