import path from 'node:path';
import { knownModels } from '../../services/catalogue/local.ts';
import type { Context } from './context.ts';

/** What a base is called on screen, by the name that the record holds: an id of the catalogue, `ollama:NAME`, or a file. */
export function baseTitles({ host, layout }: Pick<Context, 'host' | 'layout'>): (name: string) => string {
  const titles = new Map(knownModels({ host, layout }).map(({ id, title }) => [id, title]));
  return (name) => titles.get(name) ?? (name.startsWith('ollama:') ? name.slice('ollama:'.length) : fileName(name));
}

/** A run from a file may have been made on another system. */
function fileName(name: string): string {
  return path.posix.basename(name.replaceAll('\\', '/')) || name;
}
