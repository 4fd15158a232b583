/** Builds the desktop app into .vite: main, preload and the child processes into .vite/build, the window into .vite/renderer. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/** The folder to hand to Electron. */
export async function buildApp(): Promise<string> {
  rmSync(path.join(root, '.vite', 'build'), { recursive: true, force: true });
  for (const config of ['vite.main.config.ts', 'vite.preload.config.ts', 'vite.renderer.config.ts']) {
    await build({ configFile: path.join(root, config), logLevel: 'warn' });
  }
  return root;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildApp());
