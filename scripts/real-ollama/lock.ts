import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Holds a folder as a lock among processes until disposed of; a holder that died is not waited for. */
export async function buildLock(folder: string): Promise<AsyncDisposable> {
  for (;;) {
    try {
      await mkdir(folder);
      await writeFile(join(folder, 'pid'), String(process.pid));
      return { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    await delay(500);
    if (!(await isHeld(folder))) await rm(folder, { recursive: true, force: true });
  }
}

async function isHeld(folder: string): Promise<boolean> {
  const pid = await readFile(join(folder, 'pid'), 'utf8').catch(() => '');
  if (pid !== '') return isAlive(Number(pid));
  // Between the two steps of taking it, or its holder died there.
  const made = await stat(folder).catch(() => undefined);
  return made === undefined || Date.now() - made.mtimeMs < 10_000;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
