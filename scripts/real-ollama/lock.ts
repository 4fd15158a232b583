import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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
    const holder = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => String(process.pid)));
    if (!isAlive(holder)) await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
