import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { writeError } from './write-error.ts';

/** Writes a small file whole or not at all. Throws `disk-full` or `file-not-writable` in words. */
export function writeJson(file: string, value: unknown): void {
  const partial = `${file}.${randomUUID()}.part`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`, { flush: true });
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw writeError(error, file);
  }
}

/** What the file holds; undefined where there is none or it is not what it must be (by hand, or by a newer version). */
export function readJson<T extends z.ZodType>(file: string, schema: T): z.output<T> | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
