import { copyFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { quantTypes, type QuantType } from '#common/contract/engine.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { trainedOf } from '#common/domain/run.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';
import { fileSha256 } from '../../services/ollama/blobs.ts';
import { runFolder } from '../../services/paths.ts';
import { requireSpace } from '../../services/storage/free-space.ts';
import { makeFolder } from '../../services/storage/make-folder.ts';
import { writeError } from '../../services/storage/write-error.ts';
import { artifactFile, recordArtifact } from '../../store/artifacts.ts';
import { runDetail, type RunDetail } from '../../store/run-queries.ts';
import { changeRun, recordFailure } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';

/** A file that a run made, by its absolute path. */
export interface MadeFile {
  readonly kind: 'adapter' | 'merged' | 'quantized' | 'modelfile' | 'run';
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly quant?: string;
}

export type ShrinkEvent =
  | { readonly type: 'progress'; readonly stage: string; readonly completed: number; readonly total: number }
  | ({ readonly type: 'artifact' } & MadeFile);

/** Small models lose what they learned when they are shrunk hard; measured at 135M and 270M. */
export function defaultQuant(parameters: number): QuantType {
  if (parameters <= 1.1e9) return 'Q8_0';
  return parameters <= 3.5e9 ? 'Q6_K' : 'Q5_K_M';
}

/** The type that a person wrote, whatever its case. Throws `bad-request`. */
export function parseQuant(text: string): QuantType {
  const found = quantTypes.find((quant) => quant === text.trim().toUpperCase());
  if (found !== undefined) return found;
  throw new TunesmithError('bad-request', `"${text}" is not a type of weights.`, {
    advice: `Use one of ${quantTypes.join(', ')}.`,
  });
}

/** base + adapter of a finished training -> one model file of the wanted type; in the record before it is told. */
export async function* shrinkRun(
  store: Store,
  engine: EngineClient,
  input: { readonly run: string; readonly quant: QuantType; readonly folder?: string | undefined },
  signal?: AbortSignal,
): AsyncGenerator<ShrinkEvent> {
  const { run, quant } = input;
  const detail = runDetail(store.db, run);
  const adapterPath = adapterOf(store, detail);
  const folder = input.folder ?? runFolder(store.layout, run);
  const outPath = path.join(folder, `model-${quant}.gguf`);
  await makeFolder(folder);
  await requireSpace(folder, estimateBytes(detail.base.info, quant), 'the finished model');
  changeRun(store, run, { type: 'quantize', at: store.now(), quant });
  try {
    const { chatTemplate } = detail.recipe;
    const events = engine.shrink(
      {
        basePath: detail.base.path,
        adapterPath,
        outPath,
        quant,
        name: detail.title,
        ...(chatTemplate === undefined ? {} : { chatTemplate }),
      },
      signal,
    );
    for await (const event of events) {
      if (event.type === 'artifact') {
        const made = { kind: event.kind, path: event.path, bytes: event.bytes, sha256: event.sha256, quant };
        recordArtifact(store, run, made);
        yield { type: 'artifact', ...made };
      } else yield event;
    }
    changeRun(store, run, { type: 'finish', at: store.now() });
  } catch (error) {
    recordFailure(store, run, error);
    throw error;
  }
}

/** Copies the learned part of a run to a folder of the person's, as `adapter.gguf`. */
export async function copyAdapter(store: Store, run: string, folder: string): Promise<MadeFile> {
  const from = adapterOf(store, runDetail(store.db, run));
  const target = path.join(folder, 'adapter.gguf');
  await makeFolder(folder);
  try {
    await copyFile(from, target);
  } catch (error) {
    throw writeError(error, target);
  }
  const made = {
    kind: 'adapter' as const,
    path: target,
    bytes: (await stat(target)).size,
    sha256: await fileSha256(target),
  };
  recordArtifact(store, run, made);
  return made;
}

/** Throws `bad-request` where the training did not come to its end. */
export function adapterOf(store: Store, detail: RunDetail): string {
  const trained = trainedOf(detail.state);
  if (trained === null) {
    throw new TunesmithError('bad-request', 'The training of this run did not come to its end yet.', {
      advice: `Go on with "tunesmith resume ${detail.id}" first.`,
    });
  }
  return artifactFile(runFolder(store.layout, detail.id), trained.adapter);
}

/** Bytes of the finished file: known of each base that this version has looked at, else by bits per weight with their scales. */
export function estimateBytes({ exportBytes, parameters }: ModelInfo, quant: QuantType): number {
  const known = exportBytes?.[quant];
  if (known !== undefined) return known;
  const bits: Record<QuantType, number> = {
    F32: 32,
    F16: 16,
    BF16: 16,
    Q8_0: 8.5,
    Q6_K: 6.6,
    Q5_K_M: 5.7,
    Q5_0: 5.5,
    Q4_K_M: 4.9,
    Q4_0: 4.5,
  };
  // The tables of a vocabulary are kept finer, hence the margin.
  return (parameters * bits[quant] * 1.05) / 8 + 20e6;
}
