/** Builds the window into .cache/window/HASH, once per state of its sources. Prints the folder as its last line. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceHash } from './source-hash.ts';

const root = path.resolve(import.meta.dirname, '..');

/** A web host that was started before may still serve one of them. */
const keptBuilds = 5;

/** The folder of the built window; built now where the sources have changed since. */
export async function buildWindow(say: (words: string) => void = () => {}): Promise<string> {
  const cache = path.join(root, '.cache', 'window');
  const folder = path.join(cache, sourceHash(['renderer', 'common'], ['vite.renderer.config.ts']));
  if (existsSync(path.join(folder, 'index.html'))) {
    const now = new Date();
    utimesSync(folder, now, now);
    return folder;
  }
  say('Building the window (once) …');
  const { build } = await import('vite');
  const partial = `${folder}.${process.pid}.part`;
  await build({
    configFile: path.join(root, 'vite.renderer.config.ts'),
    logLevel: 'error',
    build: { outDir: partial },
  });
  mkdirSync(cache, { recursive: true });
  renameSync(partial, folder);
  removeOldBuilds(cache, keptBuilds);
  return folder;
}

/** All but those that were built or asked for last. What is being built is left alone. */
export function removeOldBuilds(cache: string, kept: number): void {
  const builds = readdirSync(cache)
    .filter((name) => !name.endsWith('.part'))
    .map((name) => path.join(cache, name))
    .map((build) => ({ build, usedAt: statSync(build).mtimeMs }))
    .toSorted((a, b) => b.usedAt - a.usedAt);
  for (const { build } of builds.slice(kept)) rmSync(build, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildWindow((words) => console.error(words)));
