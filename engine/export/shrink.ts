import type { QuantType } from '#common/contract/engine.ts';
import type { ChatFormat } from '../chat/chat-format.ts';
import { openChatFormat } from '../chat/open.ts';
import { readModelConfig } from '../gguf/config.ts';
import { readGguf } from '../gguf/read.ts';
import type { ExportTemplate } from './export-metadata.ts';
import { writeMerged } from './merge.ts';

export interface ShrinkInput {
  readonly basePath: string;
  readonly adapterPath?: string | undefined;
  /** A family's name or Jinja text; absent: the base's own template, else its family's. */
  readonly chatTemplate?: string | undefined;
  readonly outPath: string;
  readonly quant: QuantType;
  /** `general.name` of the written file. */
  readonly name?: string | undefined;
  readonly threads?: number | undefined;
}

export type ShrinkEvent =
  | { readonly type: 'progress'; readonly stage: string; readonly completed: number; readonly total: number }
  | {
      readonly type: 'artifact';
      readonly kind: 'merged' | 'quantized';
      readonly path: string;
      readonly bytes: number;
      readonly sha256: string;
    };

/** Progress is told this often at most. */
const progressIntervalMs = 100;

/**
 * base + adapter -> one finished GGUF of the wanted type, with its template: what gets installed. Progress counts
 * bytes written; the last event is the artifact. Leaving the loop early cancels; so does the signal. Nothing is left
 * behind unless the whole file could be written.
 * @throws TunesmithError as `writeMerged` and `openChatFormat`.
 */
export async function* shrink(input: ShrinkInput, signal?: AbortSignal): AsyncGenerator<ShrinkEvent> {
  // Before libllama sees the file: it is not made for damaged ones.
  readModelConfig(await readGguf(input.basePath));
  const template = chooseTemplate(input);
  const left = new AbortController();
  const signals = signal === undefined ? [left.signal] : [left.signal, signal];
  let latest: ShrinkEvent | undefined;
  let wake: () => void = () => undefined;
  const finished = writeMerged(
    { ...input, template },
    {
      signal: AbortSignal.any(signals),
      onProgress: (completed, total) => {
        latest = { type: 'progress', stage: 'write', completed, total };
        wake();
      },
    },
  );
  // Its failure is thrown below; without this an early one would count as unhandled.
  finished.catch(() => undefined);
  try {
    const end = finished.then(
      () => 'ended' as const,
      () => 'ended' as const,
    );
    let toldAt = Number.NEGATIVE_INFINITY;
    while (
      (await Promise.race([end, new Promise<'woken'>((resolve) => (wake = () => resolve('woken')))])) === 'woken'
    ) {
      const now = performance.now();
      if (latest === undefined || now - toldAt < progressIntervalMs) continue;
      toldAt = now;
      yield latest;
      latest = undefined;
    }
    const { path, bytes, sha256 } = await finished;
    yield { type: 'progress', stage: 'write', completed: bytes, total: bytes };
    const full = input.quant === 'F32' || input.quant === 'F16' || input.quant === 'BF16';
    yield { type: 'artifact', kind: full ? 'merged' : 'quantized', path, bytes, sha256 };
  } finally {
    left.abort();
    await finished.catch(() => undefined);
  }
}

/** The template that must be written into the file, or undefined where the base's own is kept. */
function chooseTemplate({ basePath, chatTemplate }: ShrinkInput): ExportTemplate | undefined {
  using format = openChatFormat(basePath, chatTemplate);
  const isOwn = chatTemplate === undefined && format.family === null;
  return isOwn ? undefined : templateOf(format);
}

function templateOf({ template, endOfTurn }: ChatFormat): ExportTemplate {
  return { text: template.source, endOfTurn: endOfTurn.id };
}
