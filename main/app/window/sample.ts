import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type { Draft } from '#common/contract/app/drafts.ts';
import type { Handlers } from '#common/contract/define.ts';
import { places } from '#common/platform/places.ts';
import { knownModels } from '../../services/catalogue/local.ts';
import { guidedSample } from '../../services/samples/guided-sample.ts';
import type { Context } from './context.ts';

/**
 * A project that is ready to be trained: the guided sample on the practice model, or on whatever model is here. Where there is
 * none, only the model is still to be chosen.
 */
export async function createSample(
  context: Context,
  examples: Handlers<AppContract['examples']>,
  signal: AbortSignal,
): Promise<Draft> {
  const sample = guidedSample(places.resources);
  const base = await baseForSample(context, signal);
  const { id } = context.drafts.create(sample.title);
  try {
    const inputs = [{ kind: 'path' as const, path: sample.file }];
    for await (const event of examples.import({ draft: id, inputs, replaceSameFiles: true }, signal)) {
      if (event.type === 'done') break;
    }
    return context.drafts.save(id, {
      base,
      step: base === null ? 'model' : 'preview',
      preset: 'quick',
      check: sample.check,
      questions: [...sample.questions],
      view: { guided: true },
    });
  } catch (error) {
    await context.examples.forget(id);
    context.drafts.delete(id);
    throw error;
  }
}

async function baseForSample(context: Context, signal: AbortSignal): Promise<Draft['base']> {
  const here = knownModels(context).filter((model) => model.path !== null);
  const known = here.find(({ id }) => id === 'practice') ?? here.toSorted((a, b) => a.bytes - b.bytes)[0];
  if (known !== undefined) return { id: known.id, title: known.title };
  const folder = context.layout.models;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.toLowerCase().endsWith('.gguf')) continue;
    const file = path.join(folder, name);
    const info = await context.engine.inspect({ path: file }, signal).catch(() => undefined);
    if (info?.supported === true) return { id: file, title: info.name ?? name };
  }
  return null;
}
