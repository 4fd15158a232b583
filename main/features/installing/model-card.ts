import { writeFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Message } from '#common/domain/example.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';
import { fileSha256 } from '../../services/ollama/blobs.ts';
import { modelfile } from '../../services/ollama/modelfile.ts';
import { ollamaTemplate } from '../../services/ollama/template.ts';
import { writeError } from '../../services/storage/write-error.ts';
import { recordArtifact } from '../../store/artifacts.ts';
import { runDocument } from '../../store/run-document.ts';
import type { Store } from '../../store/store.ts';

/** What any program must be told to talk to a finished model as it was taught. */
export interface ModelCard {
  /** Go template; undefined where it cannot be said that way, and the file's own has to do. */
  readonly template: string | undefined;
  readonly stops: readonly string[];
  readonly license: string | undefined;
}

/**
 * Reads the card off the finished file itself, which carries the template it was taught with; off a base, the template has to be
 * named where it is not the base's own.
 */
export async function modelCard(
  engine: EngineClient,
  ggufPath: string,
  signal?: AbortSignal,
  chatTemplate?: string,
): Promise<ModelCard> {
  const named = chatTemplate === undefined ? {} : { chatTemplate };
  const render = (messages: readonly Message[]) =>
    engine.render({ basePath: ggufPath, messages: [...messages], ...named }, signal);
  const { stops } = await render([{ role: 'user', content: 'Hello' }]);
  const template = await ollamaTemplate(async (messages) => (await render(messages)).text);
  const { license } = await engine.inspect({ path: ggufPath }, signal);
  return { template, stops, license };
}

/** Writes the Modelfile beside a finished model. */
export async function writeModelfile(store: Store, run: string, ggufPath: string, card: ModelCard) {
  const text = modelfile({ ggufName: path.basename(ggufPath), ...card });
  return writeText(store, run, 'modelfile', path.join(path.dirname(ggufPath), 'Modelfile'), text);
}

/** Writes `run.json`: recipe, hashes and figures of the run. */
export async function writeRunDocument(store: Store, run: string, folder: string, privatePaths: readonly string[]) {
  const text = `${JSON.stringify(runDocument(store.db, run, privatePaths), undefined, 2)}\n`;
  return writeText(store, run, 'run', path.join(folder, 'run.json'), text);
}

async function writeText(store: Store, run: string, kind: 'modelfile' | 'run', file: string, text: string) {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw writeError(error, file);
  }
  const made = { kind, path: file, bytes: (await stat(file)).size, sha256: await fileSha256(file) };
  recordArtifact(store, run, made);
  return made;
}
