import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** A short name for the state of these folders and files of the checkout, tests aside: what was built from it need not be built again. */
export function sourceHash(folders: readonly string[], files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const entries = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
    const found = entries
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .toSorted();
    for (const file of found) {
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  for (const file of [...files, 'package-lock.json']) hash.update(readFileSync(path.join(root, file))).update('\0');
  return hash.digest('hex').slice(0, 16);
}
