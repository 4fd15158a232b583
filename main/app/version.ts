import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { places } from '#common/platform/places.ts';

/** As package.json says. */
export function appVersion(): string {
  const file = path.join(places.root, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** `tunesmith 0.1.0, node-llama-cpp 3.22.1`: what computed a run. */
export function engineBuild(): string {
  const folders = createRequire(path.join(places.root, 'package.json')).resolve.paths('node-llama-cpp') ?? [];
  for (const folder of folders) {
    try {
      const text = readFileSync(path.join(folder, 'node-llama-cpp', 'package.json'), 'utf8');
      return `tunesmith ${appVersion()}, node-llama-cpp ${(JSON.parse(text) as { version: string }).version}`;
    } catch {
      // Not in this folder.
    }
  }
  return `tunesmith ${appVersion()}`;
}
