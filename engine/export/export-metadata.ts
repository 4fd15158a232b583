import fs from 'node:fs';
import type { QuantType } from '#common/contract/engine.ts';
import type { ModelConfig } from '../gguf/config.ts';
import type { MetadataEntry } from '../gguf/encode.ts';
import { u32 } from '../gguf/metadata.ts';
import type { ByteRange, GgufFile } from '../gguf/read.ts';
import { quantFormats } from './type-mix.ts';

/** The chat template that the written file carries. */
export interface ExportTemplate {
  /** Jinja text. */
  readonly text: string;
  /** Id of the token that ends a turn. */
  readonly endOfTurn: number;
}

export interface MetadataInput {
  readonly base: GgufFile;
  readonly config: ModelConfig;
  readonly quant: QuantType;
  /** Replaces `general.name`. */
  readonly name?: string | undefined;
  /** Replaces the base's template. */
  readonly template?: ExportTemplate | undefined;
}

/**
 * The base's metadata, byte for byte (tokenizer included), but for what became untrue: the file type, the name, and
 * the template with its end-of-turn token where the caller gives one. What Ollama's converter leaves out of gemma3
 * files is filled in, so that llama.cpp loads the result.
 */
export function exportMetadata({
  base,
  config,
  quant,
  name,
  template,
}: MetadataInput): ReadonlyMap<string, MetadataEntry> {
  const metadata = new Map<string, MetadataEntry>();
  const fd = fs.openSync(base.path, 'r');
  try {
    for (const [key, range] of base.metadataRanges) {
      if (!key.startsWith('split.')) metadata.set(key, { type: 'raw', bytes: readRange(fd, range) });
    }
  } finally {
    fs.closeSync(fd);
  }
  const addMissing = (key: string, value: number): void => {
    if (!metadata.has(key)) metadata.set(key, { type: 'f32', value });
  };
  if (config.architecture === 'gemma3') {
    addMissing('gemma3.attention.layer_norm_rms_epsilon', config.rmsEpsilon);
    addMissing('gemma3.rope.freq_base', config.ropeBase);
    addMissing('gemma3.rope.freq_base_swa', config.ropeBaseLocal);
  }
  if (name !== undefined) metadata.set('general.name', { type: 'string', value: name });
  if (template !== undefined) {
    metadata.set('tokenizer.chat_template', { type: 'string', value: template.text });
    // The model's own end of sequence ends a generation anyway.
    if (template.endOfTurn !== u32(base, 'tokenizer.ggml.eos_token_id')) {
      metadata.set('tokenizer.ggml.eot_token_id', { type: 'u32', value: template.endOfTurn });
    }
  }
  metadata.set('general.quantization_version', { type: 'u32', value: 2 });
  metadata.set('general.file_type', { type: 'u32', value: quantFormats[quant].fileType });
  return metadata;
}

function readRange(fd: number, { offset, bytes }: ByteRange): Uint8Array {
  const buffer = new Uint8Array(bytes);
  let done = 0;
  while (done < bytes) {
    const read = fs.readSync(fd, buffer, done, bytes - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return buffer;
}
