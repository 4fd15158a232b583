import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { writeError } from './write-error.ts';

/** Makes a folder where it is missing, and finds out whether it can be written. Throws `file-not-writable` in words. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw writeError(error, folder);
  }
}
