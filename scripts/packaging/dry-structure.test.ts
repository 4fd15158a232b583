/** What would be packaged for each system, told from the names of files: Windows and macOS too, whose packages are not installed here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appFiles } from './app-files.ts';
import { libraryFiles, type Target } from './libraries.ts';

let checkout: string;

/** A checkout of empty files, as npm would have installed it on every system at once. */
const installed: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': [
    'LICENSE',
    'lib/index.js',
    'lib/methods/backup.js',
    'src/addon.cpp',
    'deps/sqlite3/sqlite3.c',
    ...['linux-x64', 'linux-arm64', 'linuxmusl-x64', 'win32-x64', 'darwin-arm64'].map((id) => `prebuilds/${id}.node`),
  ],
  koffi: [
    'LICENSE.txt',
    'index.js',
    'index.cjs',
    'src/koffi/index.js',
    'src/koffi/src/static.js',
    'src/koffi/src/ffi.cc',
  ],
  '@koromix/koffi-linux-x64': ['index.js', 'linux_x64/koffi.node', 'musl_x64/koffi.node'],
  '@koromix/koffi-win32-x64': ['index.js', 'win32_x64/koffi.node'],
  '@koromix/koffi-darwin-arm64': ['index.js', 'darwin_arm64/koffi.node'],
  'node-llama-cpp': ['LICENSE', 'dist/index.js', 'dist/index.d.ts', 'llama/gitRelease.bundle', 'llama/addon/addon.cpp'],
  chalk: ['license', 'source/index.js', 'source/index.d.ts', 'readme.md', 'test/chalk.test.js'],
  'chalk/node_modules/ansi': ['index.mjs', 'index.mjs.map'],
  'node-addon-api': ['index.js'],
  vitest: ['index.js'],
  '@node-llama-cpp/linux-x64': [
    ...[
      '_nlcBuildMetadata.json',
      'llama-addon.node',
      'libggml-base.so',
      'libggml-cpu-x64.so',
      'libllama.v0.5.0.so',
    ].map((name) => `bins/linux-x64/${name}`),
  ],
  '@node-llama-cpp/linux-x64-vulkan': [
    ...['llama-addon.node', 'libggml-base.so', 'libggml-vulkan.so', 'libllama.vulkan.v0.5.0.so'].map(
      (name) => `bins/linux-x64-vulkan/${name}`,
    ),
  ],
  '@node-llama-cpp/linux-x64-cuda': ['bins/linux-x64-cuda/libggml-cuda.so'],
  '@node-llama-cpp/win-x64': [
    ...[
      '_nlcBuildMetadata.json',
      'llama-addon.node',
      'llama-addon.lib',
      'ggml-base.dll',
      'ggml-cpu-x64.dll',
      'llama.v0.5.0.dll',
    ].map((name) => `bins/win-x64/${name}`),
  ],
  '@node-llama-cpp/win-x64-vulkan': [
    ...['llama-addon.node', 'ggml-base.dll', 'ggml-vulkan.dll'].map((name) => `bins/win-x64-vulkan/${name}`),
  ],
  '@node-llama-cpp/mac-arm64-metal': [
    ...['_nlcBuildMetadata.json', 'llama-addon.node', 'libggml-base.dylib', 'libggml-metal.so', 'libggml-cpu.so'].map(
      (name) => `bins/mac-arm64-metal/${name}`,
    ),
  ],
};
const dependencies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'better-sqlite3': { 'node-addon-api': '1' },
  'node-llama-cpp': { chalk: '1' },
  chalk: { ansi: '1' },
};

const linux: Target = { platform: 'linux', arch: 'x64' };
const windows: Target = { platform: 'win32', arch: 'x64' };
const mac: Target = { platform: 'darwin', arch: 'arm64' };

beforeAll(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'tunesmith-dry-'));
  const place = (name: string, text = ''): void => {
    const file = path.join(checkout, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [name, files] of Object.entries(installed)) {
    place(`node_modules/${name}/package.json`, JSON.stringify({ dependencies: dependencies[name] ?? {} }));
    for (const file of files) place(`node_modules/${name}/${file}`);
  }
  for (const name of ['build/main.cjs', 'build/main.cjs.map', 'renderer/index.html', 'deps/x.js'])
    place(`.vite/${name}`);
  for (const name of ['linux-x64/libtunesmith-kernels.so', 'win32-x64/tunesmith-kernels.dll']) {
    place(`resources/bin/kernels/${name}`);
  }
});

afterAll(() => rmSync(checkout, { recursive: true }));

const names = (files: readonly { readonly name: string }[]): string[] => files.map(({ name }) => name).toSorted();

describe('libraries', () => {
  test('Linux: the plain package, the Vulkan backend beside it, our kernels; each once, and no CUDA', () => {
    expect(names(libraryFiles(linux, checkout))).toEqual([
      'kernels/linux-x64/libtunesmith-kernels.so',
      'linux-x64/_nlcBuildMetadata.json',
      'linux-x64/libggml-base.so',
      'linux-x64/libggml-cpu-x64.so',
      'linux-x64/libggml-vulkan.so',
      'linux-x64/libllama.v0.5.0.so',
      'linux-x64/llama-addon.node',
    ]);
  });

  test('Windows: without import libraries', () => {
    expect(names(libraryFiles(windows, checkout))).toEqual([
      'kernels/win32-x64/tunesmith-kernels.dll',
      'win-x64/_nlcBuildMetadata.json',
      'win-x64/ggml-base.dll',
      'win-x64/ggml-cpu-x64.dll',
      'win-x64/ggml-vulkan.dll',
      'win-x64/llama-addon.node',
      'win-x64/llama.v0.5.0.dll',
    ]);
  });

  test('macOS: one package with both; kernels that were never built are no failure', () => {
    expect(names(libraryFiles(mac, checkout))).toEqual([
      'mac-arm64-metal/_nlcBuildMetadata.json',
      'mac-arm64-metal/libggml-base.dylib',
      'mac-arm64-metal/libggml-cpu.so',
      'mac-arm64-metal/libggml-metal.so',
      'mac-arm64-metal/llama-addon.node',
    ]);
  });

  test('a system whose packages are not installed is named', () => {
    expect(() => libraryFiles({ platform: 'win32', arch: 'arm64' }, checkout)).toThrow(
      '@node-llama-cpp/win-arm64 is not installed: run "npm ci" on win32 arm64.',
    );
    expect(() => libraryFiles({ platform: 'freebsd', arch: 'x64' }, checkout)).toThrow(/no llama\.cpp libraries/);
  });
});

describe('the archive', () => {
  test('holds what was built and what runs: no sources, maps, types, tests, build tools or foreign prebuilds', () => {
    expect(names(appFiles(linux, checkout))).toEqual(
      [
        '.vite/build/main.cjs',
        '.vite/renderer/index.html',
        'node_modules/@koromix/koffi-linux-x64/index.js',
        'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node',
        'node_modules/@koromix/koffi-linux-x64/package.json',
        'node_modules/better-sqlite3/LICENSE',
        'node_modules/better-sqlite3/lib/index.js',
        'node_modules/better-sqlite3/lib/methods/backup.js',
        'node_modules/better-sqlite3/package.json',
        'node_modules/better-sqlite3/prebuilds/linux-x64.node',
        'node_modules/chalk/license',
        'node_modules/chalk/node_modules/ansi/index.mjs',
        'node_modules/chalk/node_modules/ansi/package.json',
        'node_modules/chalk/package.json',
        'node_modules/chalk/source/index.js',
        'node_modules/koffi/LICENSE.txt',
        'node_modules/koffi/index.cjs',
        'node_modules/koffi/index.js',
        'node_modules/koffi/package.json',
        'node_modules/koffi/src/koffi/index.js',
        'node_modules/koffi/src/koffi/src/static.js',
        'node_modules/node-llama-cpp/LICENSE',
        'node_modules/node-llama-cpp/dist/index.js',
        'node_modules/node-llama-cpp/package.json',
      ].toSorted(),
    );
  });

  test.each([
    [windows, ['@koromix/koffi-win32-x64/win32_x64/koffi.node', 'better-sqlite3/prebuilds/win32-x64.node']],
    [mac, ['@koromix/koffi-darwin-arm64/darwin_arm64/koffi.node', 'better-sqlite3/prebuilds/darwin-arm64.node']],
  ] as const)('native code of %o alone', (target, expected) => {
    expect(names(appFiles(target, checkout)).filter((name) => name.endsWith('.node'))).toEqual(
      expected.map((name) => `node_modules/${name}`),
    );
  });
});
