/** Prepares an Electron for the tests below .cache/electron, and prints where it is. Linux x64 only. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareRuntime, testElectronVersion } from './test-electron/runtime.ts';
import { buildSqlite } from './test-electron/sqlite.ts';

export interface TestElectron {
  readonly version: string;
  /** For `ELECTRON_OVERRIDE_DIST_PATH`. */
  readonly dist: string;
  readonly executable: string;
  /** For `TUNESMITH_TEST_SQLITE`. */
  readonly sqliteBinding: string;
}

const cache = path.resolve(import.meta.dirname, '../.cache/electron');

/** Throws a plain sentence where this machine cannot have it. */
export async function prepareTestElectron(say: (words: string) => void = () => {}): Promise<TestElectron> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`The tests’ Electron is for Linux x64, and this is ${process.platform} ${process.arch}.`);
  }
  const dist = await prepareRuntime(cache, say);
  const sqliteBinding = await buildSqlite(cache, say);
  return { version: testElectronVersion, dist, executable: path.join(dist, 'electron'), sqliteBinding };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(JSON.stringify(await prepareTestElectron((words) => console.error(words)), null, 2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
