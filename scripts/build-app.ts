/** Builds the desktop app into .vite, once per state of its sources: main, preload and the child processes into .vite/build, the window into .vite/renderer. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceHash } from './source-hash.ts';

const root = path.resolve(import.meta.dirname, '..');
const configs = ['vite.main.config.ts', 'vite.preload.config.ts', 'vite.renderer.config.ts'] as const;

/** The folder to hand to Electron. */
export async function buildApp(say: (words: string) => void = () => {}): Promise<string> {
  const folder = path.join(root, '.vite', 'build');
  const stamp = path.join(folder, 'sources');
  const hash = sourceHash(['common', 'engine', 'main', 'preload', 'renderer'], configs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return root;
  say('Building the app (once) …');
  rmSync(folder, { recursive: true, force: true });
  const { build } = await import('vite');
  for (const config of configs) {
    await build({ configFile: path.join(root, config), logLevel: 'error' });
  }
  writeFileSync(stamp, hash);
  return root;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildApp((words) => console.error(words)));
