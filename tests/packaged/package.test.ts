/** The package itself, made by scripts/package-for-tests.ts: what is in it, what is not, and what of Electron is switched off. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkLibraries, filesBelow, libraryManifestSchema } from '#common/platform/library-manifest.ts';
import { packageRecord, type TestPackage } from '../../scripts/package-for-tests.ts';

const mostBytes = 180e6;

function isThere(program: string, question = '--help'): boolean {
  return spawnSync(program, [question]).error === undefined;
}

let made: TestPackage;
let app: string;
let resources: string;
let archive: string;
let archived: readonly string[];

beforeAll(() => {
  made = JSON.parse(readFileSync(packageRecord, 'utf8')) as TestPackage;
  app = path.dirname(made.executable);
  resources = path.join(app, 'resources');
  archive = path.join(resources, 'app.asar');
  archived = listPackage(archive, { isPack: false }).map((name) => name.replaceAll('\\', '/').replace(/^\//, ''));
});

describe('the archive', () => {
  test('holds what was built, the manifest and the packages with native code, and no sources', () => {
    const tops = new Set(archived.map((name) => name.split('/')[0]));
    expect([...tops].toSorted()).toEqual(['.vite', 'libraries.json', 'node_modules', 'package.json']);
    expect(archived.filter((name) => /\.(?:tsx?|map|cc|cpp|[ch]|gyp)$|readme/i.test(name))).toEqual([]);
    for (const name of ['main', 'preload', 'engine', 'chat']) expect(archived).toContain(`.vite/build/${name}.cjs`);
    expect(archived).toContain('.vite/renderer/index.html');
  });

  test('names itself and its entry, and nothing of how it is made', () => {
    const own = JSON.parse(extractFile(archive, 'package.json').toString()) as Record<string, unknown>;
    expect(own).toMatchObject({ name: 'tunesmith', productName: 'Tunesmith', main: '.vite/build/main.cjs' });
    expect(own).not.toHaveProperty('devDependencies');
    expect(own).not.toHaveProperty('scripts');
  });

  test('has every package that the built files ask for', () => {
    const asked = new Set<string>();
    for (const name of archived.filter((each) => /^\.vite\/build\/.*\.cjs$/.test(each))) {
      const text = extractFile(archive, name).toString();
      // Double quotes are the bundler’s; with single ones comments speak of types.
      for (const [, wanted] of text.matchAll(/(?:require|import)\("([^".][^"]*)"\)/g)) {
        const parts = wanted!.split('/');
        asked.add(wanted!.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!);
      }
    }
    const known = new Set(['electron', ...builtinModules]);
    const packages = [...asked].filter((name) => !name.startsWith('node:') && !known.has(name));
    expect(packages).toEqual(expect.arrayContaining(['better-sqlite3', 'koffi', 'node-llama-cpp']));
    expect(packages.filter((name) => !archived.includes(`node_modules/${name}/package.json`))).toEqual([]);
  });

  test('leaves native code of this system alone beside it, and of no other', () => {
    expect(filesBelow(path.join(resources, 'app.asar.unpacked'))).toEqual([
      'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node',
      'node_modules/better-sqlite3/prebuilds/linux-x64.node',
    ]);
    expect(archived.filter((name) => name.endsWith('.node'))).toHaveLength(2);
  });
});

describe('libraries', () => {
  test('are as the manifest says, to the byte', () => {
    const manifest = libraryManifestSchema.parse(JSON.parse(extractFile(archive, 'libraries.json').toString()));
    expect(manifest).toMatchObject({ platform: 'linux', arch: 'x64' });
    expect(Object.keys(manifest.files)).toEqual(
      expect.arrayContaining(['linux-x64/libggml-vulkan.so', 'kernels/linux-x64/libtunesmith-kernels.so']),
    );
    expect(() => checkLibraries(path.join(resources, 'bin'), manifest, 'content')).not.toThrow();
  });

  test('lie there once', () => {
    const files = filesBelow(app).filter((name) => /\.so(?:\.|$)|\.node$/.test(name));
    const bases = files.map((name) => path.posix.basename(name));
    expect(bases.filter((name, index) => bases.indexOf(name) !== index)).toEqual([]);
    expect(files.filter((name) => name.includes('cuda'))).toEqual([]);
  });

  test('are found by node-llama-cpp through a package of three lines', () => {
    const inside = archived.filter((name) => name.startsWith('node_modules/@node-llama-cpp/'));
    expect(inside).toEqual(
      ['linux-x64', 'linux-x64/index.js', 'linux-x64/package.json'].map(
        (name) => `node_modules/@node-llama-cpp/${name}`,
      ),
    );
  });
});

test('of Electron is switched off what a release switches off; Playwright’s way in is open', async () => {
  const wire = await getCurrentFuseWire(made.executable);
  const isOn = (option: FuseV1Options): boolean => wire[option] === FuseState.ENABLE;
  expect(isOn(FuseV1Options.RunAsNode)).toBe(false);
  expect(isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false);
  expect(isOn(FuseV1Options.EnableNodeCliInspectArguments)).toBe(true);
  expect(isOn(FuseV1Options.EnableCookieEncryption)).toBe(true);
  expect(isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe(true);
  expect(isOn(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true);
  expect(isOn(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(false);
});

describe('the .deb', () => {
  const dpkg = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('dpkg-deb', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };

  test('describes itself', () => {
    const control = dpkg('-f', made.deb);
    expect(control).toMatch(/^Package: tunesmith$/m);
    expect(control).toMatch(/^Architecture: amd64$/m);
    expect(control).toMatch(/^Depends: .*libgtk-3-0/m);
    expect(control).toMatch(/^Recommends: .*libvulkan1/m);
    expect(control).toMatch(/^Installed-Size: \d+$/m);
  });

  test(`is at most ${mostBytes / 1e6} MB`, () => {
    expect(statSync(made.deb).size).toBeLessThanOrEqual(mostBytes);
  });

  test('can be read by everybody, belongs to root, and only the sandbox’s helper has rights of its own', () => {
    const lines = dpkg('-c', made.deb).trim().split('\n');
    const entries = lines
      .map((line) => line.split(/\s+/))
      .map(([rights, owner, , , , name]) => ({ rights, owner, name }));
    expect(entries.filter(({ owner }) => owner !== 'root/root')).toEqual([]);
    // The eighth sign is “others may read”.
    expect(entries.filter(({ rights }) => rights![7] !== 'r')).toEqual([]);
    expect(entries.filter(({ rights }) => rights!.startsWith('d') && rights !== 'drwxr-xr-x')).toEqual([]);
    const special = entries.filter(({ rights }) => /[st]/i.test(rights!.slice(1)));
    expect(special).toEqual([{ rights: '-rwsr-xr-x', owner: 'root/root', name: './usr/lib/tunesmith/chrome-sandbox' }]);
  });

  test('has a command, an entry in the menu with an icon, and our licence', () => {
    const usr = path.join(made.root, 'usr');
    const entry = readFileSync(path.join(usr, 'share/applications/tunesmith.desktop'), 'utf8');
    expect(entry).toMatch(/^Name=Tunesmith$/m);
    expect(entry).toMatch(/^Exec=tunesmith %U$/m);
    expect(entry).toMatch(/^Icon=tunesmith$/m);
    expect(entry).toMatch(/^Categories=Development;Science;$/m);
    expect(entry).toMatch(/^MimeType=application\/x-tunesmith-run;$/m);
    expect(readdirSync(path.join(usr, 'share/icons/hicolor')).toSorted()).toEqual(
      ['128x128', '16x16', '256x256', '32x32', '48x48', '512x512', '64x64', 'scalable'].toSorted(),
    );
    expect(readFileSync(path.join(usr, 'share/doc/tunesmith/copyright'), 'utf8')).toContain('Tunesmith');
    expect(readFileSync(path.join(app, 'LICENSE.electron.txt'), 'utf8')).toContain('Electron');
    expect(statSync(path.join(usr, 'bin/tunesmith')).isFile()).toBe(true);
  });

  test.skipIf(!isThere('desktop-file-validate'))(
    'its entry in the menu is valid (without desktop-file-validate: skipped)',
    () => {
      const file = path.join(made.root, 'usr/share/applications/tunesmith.desktop');
      const { status, stdout } = spawnSync('desktop-file-validate', [file], { encoding: 'utf8' });
      // A hint about two main categories is all that it may have.
      expect(status).toBe(0);
      expect(stdout).not.toMatch(/: (?:error|warning)/);
    },
  );

  test.skipIf(!isThere('update-mime-database', '-v'))(
    'makes run files known to the system (without update-mime-database: skipped)',
    () => {
      const data = mkdtempSync(path.join(tmpdir(), 'tunesmith-mime-'));
      const packages = path.join(data, 'mime', 'packages');
      mkdirSync(packages, { recursive: true });
      copyFileSync(path.join(made.root, 'usr/share/mime/packages/tunesmith.xml'), path.join(packages, 'tunesmith.xml'));
      expect(spawnSync('update-mime-database', [path.join(data, 'mime')]).status).toBe(0);
      expect(readFileSync(path.join(data, 'mime', 'globs2'), 'utf8')).toMatch(
        /^50:application\/x-tunesmith-run:\*\.tunesmith$/m,
      );
      rmSync(data, { recursive: true });
    },
  );

  test('runs nothing when it is installed or removed: a person’s data stays', () => {
    const { stdout } = spawnSync('dpkg-deb', ['--ctrl-tarfile', made.deb], { maxBuffer: 1 << 26 });
    const names = spawnSync('tar', ['-t'], { input: stdout, encoding: 'utf8' }).stdout.trim().split('\n');
    expect(names.filter((name) => /(?:pre|post)(?:inst|rm)$/.test(name))).toEqual([]);
  });
});
