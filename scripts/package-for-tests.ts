/**
 * Packages the real app around the tests' Electron, makes the .deb and unpacks it below .cache/packaged/root, with the rights that an
 * installation gives. Prints where, as JSON. Linux x64 only, as that Electron is.
 *
 *   node scripts/package-for-tests.ts
 */
import { spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import yazl from 'yazl';
import { filesBelow } from '#common/platform/library-manifest.ts';
import { prepareTestElectron, type TestElectron } from './test-electron.ts';

export interface TestPackage {
  /** The .deb itself. */
  readonly deb: string;
  /** Where it is unpacked to. */
  readonly root: string;
  /** The program below `root`. */
  readonly executable: string;
  /**
   * For `APP_EXECUTABLE`: where root runs the tests, a script that starts the program as an ordinary user with Chromium’s sandbox, as
   * people do; else the program.
   */
  readonly launcher: string;
  /** Why the program runs without being an ordinary user’s in its sandbox; null where it is. */
  readonly reservation: string | null;
}

const checkout = path.resolve(import.meta.dirname, '..');
const folder = path.join(checkout, '.cache', 'packaged');

/** Gets the last package's description, for the tests. */
export const packageRecord = path.join(folder, 'package.json');

/** Throws a plain sentence where this machine cannot do it. */
export async function packageForTests(say: (words: string) => void = () => {}): Promise<TestPackage> {
  const electron = await prepareTestElectron(say);
  mkdirSync(folder, { recursive: true });
  requireProgram('dpkg-deb', 'dpkg');
  requireMaker();
  const zips = await zipRuntime(electron, say);
  const out = path.join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  say('Packaging the app and making the .deb (a minute or two) …');
  const forge = path.join(checkout, 'node_modules', '@electron-forge', 'cli', 'dist', 'electron-forge.js');
  const forged = spawnSync(process.execPath, [forge, 'make', '--platform', 'linux', '--arch', 'x64'], {
    cwd: checkout,
    encoding: 'utf8',
    env: {
      ...process.env,
      TUNESMITH_TEST_SQLITE: electron.sqliteBinding,
      TUNESMITH_ELECTRON_ZIPS: zips,
      TUNESMITH_OUT: out,
      CI: 'true',
    },
  });
  const [deb] = globSync('make/deb/**/*.deb', { cwd: out }).map((name) => path.join(out, name));
  if (forged.status !== 0 || deb === undefined) {
    throw new Error(`Packaging failed:\n${forged.stdout}\n${forged.stderr}`);
  }
  const root = unpack(deb);
  const executable = path.join(root, 'usr', 'lib', 'tunesmith', 'tunesmith');
  const made: TestPackage = { deb, root, executable, ...launcherOf(executable) };
  writeFileSync(packageRecord, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

function requireProgram(program: string, debianPackage: string): void {
  if (spawnSync(program, ['--version']).status === 0) return;
  throw new Error(`There is no ${program} here; Debian has it as "${debianPackage}".`);
}

/** npm leaves the maker out when it runs on a Node that is too old for it, as the one that set the checkout up may be. */
function requireMaker(): void {
  const place = path.join(checkout, 'node_modules', 'electron-installer-debian');
  if (existsSync(place)) return;
  const npm = process.env['npm_execpath'];
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // Under this Node, which is new enough.
  const options = {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...process.env, NODE_LLAMA_CPP_SKIP_DOWNLOAD: 'true' },
  } as const;
  if (npm?.endsWith('.js') === true) spawnSync(process.execPath, [npm, ...args], options);
  else spawnSync('npm', args, options);
  if (!existsSync(place)) throw new Error('electron-installer-debian could not be installed (see above).');
}

/** Forge takes a runtime from a folder under the name of the one it would download. */
async function zipRuntime({ dist, version }: TestElectron, say: (words: string) => void): Promise<string> {
  const { version: wanted } = JSON.parse(
    readFileSync(path.join(checkout, 'node_modules', 'electron', 'package.json'), 'utf8'),
  ) as { version: string };
  const zips = path.join(folder, `electron-${version}`);
  const file = path.join(zips, `electron-v${wanted}-linux-x64.zip`);
  if (existsSync(file)) return zips;
  say(`Zipping Electron ${version} …`);
  mkdirSync(zips, { recursive: true });
  const zip = new yazl.ZipFile();
  for (const name of filesBelow(dist)) {
    // Of the tests’ runtime alone.
    if (name.startsWith('resources/')) continue;
    // Unpacked once, a minute later: packing it small would cost more than it saves.
    zip.addFile(path.join(dist, name), name, { compress: false, mode: statSync(path.join(dist, name)).mode });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(`${file}.part`));
  renameSync(`${file}.part`, file);
  return zips;
}

function unpack(deb: string): string {
  const root = scratchRoot();
  rmSync(root, { recursive: true, force: true });
  const { status, stderr } = spawnSync('dpkg-deb', ['-x', deb, root], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`dpkg-deb could not unpack ${deb}: ${stderr}`);
  return root;
}

/** Below the checkout where every user may go there, else in the system’s folder for such things. */
function scratchRoot(): string {
  for (let parent = folder; ; parent = path.dirname(parent)) {
    if ((statSync(parent).mode & 0o005) !== 0o005) return path.join(tmpdir(), 'tunesmith-packaged');
    if (parent === path.dirname(parent)) return path.join(folder, 'root');
  }
}

/** `nobody`: there on every Linux, and owner of nothing. */
const ordinaryUser = 65534;

function launcherOf(executable: string): Pick<TestPackage, 'launcher' | 'reservation'> {
  if (process.getuid?.() !== 0) {
    return {
      launcher: executable,
      reservation: 'Chromium’s sandbox needs a helper that belongs to root; only root can unpack it so',
    };
  }
  const helper = path.join(path.dirname(executable), 'chrome-sandbox');
  const { mode, uid } = statSync(helper);
  if (uid !== 0 || (mode & 0o4755) !== 0o4755) throw new Error(`${helper} came without the rights that it needs.`);
  const launcher = path.join(folder, 'as-a-person.sh');
  writeFileSync(
    launcher,
    [
      '#!/bin/bash',
      '# Starts the packaged app as an ordinary user, with the sandbox that the tests’ own flags would switch off.',
      'args=()',
      'for arg in "$@"; do [ "$arg" = --no-sandbox ] || args+=("$arg"); done',
      `chown -R ${ordinaryUser}:${ordinaryUser} "$HOME"`,
      `exec setpriv --reuid ${ordinaryUser} --regid ${ordinaryUser} --clear-groups -- '${executable}' "\${args[@]}"`,
      '',
    ].join('\n'),
    { mode: 0o755 },
  );
  return { launcher, reservation: null };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(JSON.stringify(await packageForTests((words) => console.error(words)), null, 2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
