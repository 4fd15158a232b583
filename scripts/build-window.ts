/** Builds the window into .cache/window/HASH, once per state of its sources. Prints the folder as its last line. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceHash } from './source-hash.ts';

const root = path.resolve(import.meta.dirname, '..');

/** The folder of the built window; built now where the sources have changed since. */
export async function buildWindow(say: (words: string) => void = () => {}): Promise<string> {
  const cache = path.join(root, '.cache', 'window');
  const folder = path.join(cache, sourceHash(['renderer', 'common'], ['vite.renderer.config.ts']));
  if (existsSync(path.join(folder, 'index.html'))) return folder;
  say('Building the window (once) …');
  const { build } = await import('vite');
  const partial = `${folder}.${process.pid}.part`;
  await build({
    configFile: path.join(root, 'vite.renderer.config.ts'),
    logLevel: 'error',
    build: { outDir: partial },
  });
  mkdirSync(cache, { recursive: true });
  for (const old of readdirSync(cache)) {
    if (!old.endsWith('.part')) rmSync(path.join(cache, old), { recursive: true, force: true });
  }
  renameSync(partial, folder);
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildWindow((words) => console.error(words)));
