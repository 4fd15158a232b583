import { TunesmithError } from '#common/domain/errors.ts';
import type { SupportedArchitecture } from '#common/domain/model-info.ts';
import type { ModelConfig } from './config.ts';
import { float, numbers, text, u32 } from './metadata.ts';
import type { GgufFile } from './read.ts';

/** Positions: base, number of rotated values and linear scaling, on global and on sliding-window layers. */
export function readRope(
  file: GgufFile,
  architecture: SupportedArchitecture,
  headDim: number,
): Pick<ModelConfig, 'ropeBase' | 'ropeDimensions' | 'ropeScaleLinear' | 'ropeBaseLocal' | 'ropeScaleLinearLocal'> {
  const key = (name: string): string => `${architecture}.${name}`;
  const kind = text(file, key('rope.scaling.type')) ?? 'linear';
  if (kind !== 'linear' && kind !== 'none') throw refused(file, `it stretches its context with ${kind} scaling`);
  const attentionFactor = float(file, key('rope.scaling.attn_factor')) ?? 1;
  if (attentionFactor !== 1) throw refused(file, `it scales attention by ${attentionFactor} with its positions`);
  const factor = float(file, key('rope.scaling.factor')) ?? float(file, key('rope.scale_linear')) ?? 0;
  const ropeScaleLinear = kind === 'none' || factor === 0 ? 1 : factor;
  // `rope.global.freq_base` and `rope.local.freq_base` are what Ollama's own converter writes for gemma3.
  const ropeBase = float(file, key('rope.freq_base')) ?? float(file, key('rope.global.freq_base')) ?? 10_000;
  const local = float(file, key('rope.freq_base_swa')) ?? float(file, key('rope.local.freq_base'));
  for (const value of [ropeBase, ropeScaleLinear, local ?? 1]) {
    if (value <= 0)
      throw new TunesmithError('file-corrupt', `${file.path} is damaged: a rope value is ${value}.`, advice);
  }
  const gemma3 = architecture === 'gemma3';
  return {
    ropeBase,
    ropeDimensions: u32(file, key('rope.dimension_count')) ?? headDim,
    ropeScaleLinear,
    ropeBaseLocal: local ?? (gemma3 ? 10_000 : ropeBase),
    ropeScaleLinearLocal: gemma3 ? 1 : ropeScaleLinear,
  };
}

/**
 * Which layers see only a window. llama.cpp: gemma2 always (4096, every 2nd layer), gemma3 where the file names a
 * window (five of six layers); a pattern in the metadata, as one number or one flag a layer, wins. With the number n,
 * layer i slides where `i % n < n - 1`.
 */
export function readSlidingWindow(
  file: GgufFile,
  architecture: SupportedArchitecture,
  layers: number,
): Pick<ModelConfig, 'slidingWindow' | 'isSliding'> {
  const none = { slidingWindow: null, isSliding: Array.from({ length: layers }, () => false) };
  if (architecture !== 'gemma2' && architecture !== 'gemma3') return none;
  const gemma2 = architecture === 'gemma2';
  const slidingWindow = u32(file, `${architecture}.attention.sliding_window`) ?? (gemma2 ? 4096 : 0);
  if (slidingWindow === 0) return none;
  const key = `${architecture}.attention.sliding_window_pattern`;
  if (file.metadata.get(key)?.type === 'array') {
    const flags = numbers(file, key) ?? [];
    if (flags.length < layers) throw refused(file, `${key} has ${flags.length} entries for ${layers} layers`);
    return { slidingWindow, isSliding: flags.slice(0, layers).map((value) => value !== 0) };
  }
  const period = u32(file, key) ?? (gemma2 ? 2 : 6);
  const isSliding = Array.from({ length: layers }, (_, layer) => period === 0 || layer % period < period - 1);
  return { slidingWindow, isSliding };
}

/**
 * 1 / sqrt(head width), but the 27B models of gemma2 and gemma3 (known by their number of layers, as in llama.cpp)
 * use d / heads. llama.cpp does not read `attention.scale` for these architectures, so neither does this.
 */
export function attentionScale(
  config: Pick<ModelConfig, 'architecture' | 'layers' | 'embeddingLength' | 'heads' | 'headDim'>,
): number {
  const { architecture, layers, embeddingLength, heads, headDim } = config;
  const is27B = (architecture === 'gemma2' && layers === 46) || (architecture === 'gemma3' && layers === 62);
  return 1 / Math.sqrt(is27B ? Math.floor(embeddingLength / heads) : headDim);
}

const advice = { advice: 'Try another GGUF of the same model.' };

function refused(file: GgufFile, why: string): TunesmithError {
  return new TunesmithError('architecture-unsupported', `${file.path} cannot be taught: ${why}.`, advice);
}
