import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import type { DataLayout } from '../../services/paths.ts';
import { writeError } from '../../services/storage/write-error.ts';

/**
 * Moves an uploaded model to the app's models. A file of that name stays; the new one gets a number.
 *
 * @throws TunesmithError `bad-request` for a file that nobody uploaded
 */
export async function keepUploaded(layout: Pick<DataLayout, 'tmp' | 'models'>, file: string): Promise<string> {
  const relative = path.relative(path.join(layout.tmp, 'uploads'), path.resolve(file));
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) {
    throw new TunesmithError('bad-request', `${file} was not handed over by this window.`, {
      advice: 'Choose the file by its place on this computer.',
    });
  }
  const { name, ext } = path.parse(file);
  for (let number = 1; ; number += 1) {
    const target = path.join(layout.models, `${name}${number === 1 ? '' : `-${number}`}${ext}`);
    if (existsSync(target)) continue;
    await rename(file, target).catch((error: unknown) => {
      throw writeError(error, target);
    });
    return target;
  }
}
