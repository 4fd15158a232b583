/** Builds the window into .cache/window/HASH, once per state of its sources. Prints the folder as its last line. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');

/** The folder of the built window; built now where the sources have changed since. */
export async function buildWindow(say: (words: string) => void = () => {}): Promise<string> {
  const cache = path.join(root, '.cache', 'window');
  const folder = path.join(cache, hashOfSources());
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

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const place of ['renderer', 'common']) {
    for (const entry of readdirSync(path.join(root, place), { recursive: true, withFileTypes: true }).toSorted((a, b) =>
      path.join(a.parentPath, a.name) < path.join(b.parentPath, b.name) ? -1 : 1,
    )) {
      if (!entry.isFile() || entry.name.endsWith('.test.ts')) continue;
      const file = path.join(entry.parentPath, entry.name);
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  for (const file of ['vite.renderer.config.ts', 'package-lock.json']) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildWindow((words) => console.error(words)));
