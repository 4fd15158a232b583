import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Host } from './host.ts';
import { libraryFileNames, llamaPackageNames, llamaPackages } from './native-libraries.ts';

function host(platform: NodeJS.Platform, arch: NodeJS.Architecture = 'x64'): Host {
  return { platform, arch, env: {}, home: '/home/ada' };
}

/** File lists of real packages. */
const packages = [
  {
    name: 'linux-x64-cuda 3.22.1',
    host: host('linux'),
    files: [
      'libggml-base.so',
      'libggml-cpu-alderlake.so',
      'libggml-cpu-x64.so',
      'libggml-cuda.so',
      'libggml.cuda.v0.5.0.so',
      'libllama-common.so',
      'libllama.cuda.v0.5.0.so',
      'llama-addon.node',
    ],
    expected: {
      ggmlBase: ['libggml-base.so'],
      ggml: ['libggml.cuda.v0.5.0.so'],
      llama: ['libllama.cuda.v0.5.0.so'],
      llamaCommon: ['libllama-common.so'],
      cpu: ['libggml-cpu-alderlake.so', 'libggml-cpu-x64.so'],
      cuda: ['libggml-cuda.so'],
      metal: [],
    },
  },
  {
    name: 'linux-armv7l 3.22.1',
    host: host('linux'),
    files: ['libggml-base.so', 'libggml-cpu.so', 'libggml.v0.5.0.so', 'libllama-common.so', 'libllama.v0.5.0.so'],
    expected: {
      ggmlBase: ['libggml-base.so'],
      ggml: ['libggml.v0.5.0.so'],
      llama: ['libllama.v0.5.0.so'],
      llamaCommon: ['libllama-common.so'],
      cpu: ['libggml-cpu.so'],
      cuda: [],
      metal: [],
    },
  },
  {
    name: 'win-x64-vulkan 3.21.1',
    host: host('win32'),
    files: [
      'ggml-base.dll',
      'ggml-cpu-alderlake.dll',
      'ggml-vulkan.dll',
      'ggml.vulkan.v0.4.0.dll',
      'llama-addon.lib',
      'llama-common.dll',
      'llama.vulkan.v0.4.0.dll',
    ],
    expected: {
      ggmlBase: ['ggml-base.dll'],
      ggml: ['ggml.vulkan.v0.4.0.dll'],
      llama: ['llama.vulkan.v0.4.0.dll'],
      llamaCommon: ['llama-common.dll'],
      cpu: ['ggml-cpu-alderlake.dll'],
      cuda: [],
      metal: [],
    },
  },
  {
    name: 'mac-arm64-metal 3.21.1',
    host: host('darwin'),
    files: [
      'libggml-base.dylib',
      'libggml-blas.so',
      'libggml-cpu-apple_m1.so',
      'libggml-cpu-apple_m2_m3.so',
      'libggml-metal.so',
      'libggml.metal.v0.4.0.dylib',
      'libllama-common.dylib',
      'libllama.metal.v0.4.0.dylib',
    ],
    expected: {
      ggmlBase: ['libggml-base.dylib'],
      ggml: ['libggml.metal.v0.4.0.dylib'],
      llama: ['libllama.metal.v0.4.0.dylib'],
      llamaCommon: ['libllama-common.dylib'],
      cpu: ['libggml-cpu-apple_m1.so', 'libggml-cpu-apple_m2_m3.so'],
      cuda: [],
      metal: ['libggml-metal.so'],
    },
  },
];

describe('libraryFileNames', () => {
  test.each(packages)('finds each library of $name, and only it', ({ host, files, expected }) => {
    const names = libraryFileNames(host);
    const matching = (pattern: RegExp): string[] => files.filter((file) => pattern.test(file));
    expect({
      ggmlBase: matching(names.ggmlBase),
      ggml: matching(names.ggml),
      llama: matching(names.llama),
      llamaCommon: matching(names.llamaCommon),
      cpu: matching(names.backends.cpu),
      cuda: matching(names.backends.cuda),
      metal: matching(names.backends.metal),
    }).toEqual(expected);
  });

  test('takes the plain names of a llama.cpp built by hand', () => {
    expect(libraryFileNames(host('linux')).ggml.test('libggml.so')).toBe(true);
    expect(libraryFileNames(host('win32')).llama.test('llama.dll')).toBe(true);
    expect(libraryFileNames(host('linux')).ggml.test('libggmlxso')).toBe(false);
  });
});

const hosts = [
  host('linux', 'x64'),
  host('linux', 'arm64'),
  host('linux', 'arm'),
  host('linux', 'riscv64'),
  host('win32', 'x64'),
  host('win32', 'arm64'),
  host('darwin', 'arm64'),
  host('darwin', 'x64'),
];

test('every name is a package that node-llama-cpp itself knows', () => {
  // Its `exports` hide package.json, so it is found beside the entry (dist/index.js).
  const entry = fileURLToPath(import.meta.resolve('node-llama-cpp'));
  const manifest = JSON.parse(readFileSync(path.join(entry, '..', '..', 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const known = Object.keys(manifest.optionalDependencies);
  for (const each of hosts) {
    const names = llamaPackageNames(each);
    expect(names.length, `${each.platform} ${each.arch}`).toBeGreaterThan(0);
    for (const name of names) expect(known).toContain(name);
  }
  // `-ext` only adds a second build of the CUDA backend for older cards to the `-cuda` package.
  const used = hosts.flatMap((each) => [...llamaPackageNames(each)]);
  expect(known.filter((name) => !used.includes(name) && !name.endsWith('-ext'))).toEqual([]);
});

test('the best device comes first and the processor last', () => {
  expect(llamaPackages(host('linux', 'x64')).map((each) => each.device)).toEqual(['cuda', 'vulkan', 'cpu']);
  expect(llamaPackageNames(host('win32', 'x64'))).toEqual([
    '@node-llama-cpp/win-x64-cuda',
    '@node-llama-cpp/win-x64-vulkan',
    '@node-llama-cpp/win-x64',
  ]);
  expect(llamaPackages(host('darwin', 'arm64'))).toEqual([
    { name: '@node-llama-cpp/mac-arm64-metal', binsFolder: 'mac-arm64-metal', device: 'metal' },
  ]);
});

test('a machine without packages gets an empty list, not a wrong name', () => {
  expect(llamaPackages(host('freebsd', 'x64'))).toEqual([]);
  expect(llamaPackages(host('linux', 's390x'))).toEqual([]);
});
