import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { writeTinyModel } from '../../support/tiny-model.ts';

/** A model that trains within seconds and has nothing to say, in the folder of the app's own models. Its name on screen. */
export async function placeTinyModel(home: string): Promise<string> {
  const folder = path.join(home, 'data', 'models');
  mkdirSync(folder, { recursive: true });
  await writeTinyModel(path.join(folder, 'tiny.gguf'), { architecture: 'llama', layers: 1 });
  return 'Tiny llama';
}
