import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

const maxLines = 60;
const maxLineLength = 2000;
const maxLogBytes = 1_000_000;

/** Keeps the last lines of a stream. */
export function keepTail(stream: Readable): { readonly lines: readonly string[] } {
  const lines: string[] = [];
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = (parts.pop() ?? '').slice(-maxLineLength);
    for (const part of parts) if (part.trim() !== '') lines.push(part.slice(0, maxLineLength));
    lines.splice(0, Math.max(0, lines.length - maxLines));
  });
  stream.on('end', () => {
    if (rest.trim() !== '') lines.push(rest);
    rest = '';
  });
  // A stream that breaks with its process has nothing more to say.
  stream.on('error', () => {});
  return { lines };
}

/** Adds a block to a log file. A log that cannot be written must not hide the error it would tell of. */
export function appendLog(file: string, title: string, lines: readonly string[]): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const flag = size > maxLogBytes ? 'w' : 'a';
    appendFileSync(file, `== ${new Date().toISOString()} ${title}\n${lines.map((line) => `${line}\n`).join('')}`, {
      flag,
    });
    return true;
  } catch {
    return false;
  }
}
