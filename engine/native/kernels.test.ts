import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { currentHost } from '#common/platform/host.ts';
import { kernelBinaries, sha256, sourceHash, targets, type KernelManifest } from '../../scripts/build-kernels.ts';
import { kernelError, largestError } from '../autodiff/kernel-check.ts';
import { Backend, listDevices } from './backend.ts';
import { kernelsFile, loadKernels, reloadKernels } from './kernels.ts';

const manifest = JSON.parse(fs.readFileSync(path.join(kernelBinaries, 'manifest.json'), 'utf8')) as KernelManifest;

describe('the built kernels', () => {
  test('are of these sources (otherwise: node scripts/build-kernels.ts)', () => {
    expect(manifest.sourceHash).toBe(sourceHash());
  });

  for (const { id, file } of targets) {
    const hash = manifest.files[`${id}/${file}`];
    // A platform without them trains with plain ggml; that it has none is said by name here.
    test.skipIf(hash === undefined)(
      `${id}: byte for byte as built${hash === undefined ? ' [not built yet]' : ''}`,
      () => {
        expect(sha256(path.join(kernelBinaries, id, file))).toBe(hash);
      },
    );
  }

  test('are found where they are built', () => {
    for (const { id, file } of targets) {
      const [platform, arch] = id.split('-') as [NodeJS.Platform, NodeJS.Architecture];
      const host = { platform, arch, env: {}, home: '/' };
      expect(kernelsFile(host)).toBe(path.join(kernelBinaries, id, file));
    }
  });
});

describe('loading', () => {
  const withChoice = (choice: string, body: () => void): void => {
    const before = process.env['TUNESMITH_KERNELS'];
    process.env['TUNESMITH_KERNELS'] = choice;
    try {
      reloadKernels();
      body();
    } finally {
      if (before === undefined) delete process.env['TUNESMITH_KERNELS'];
      else process.env['TUNESMITH_KERNELS'] = before;
      reloadKernels();
    }
  };

  test('can be switched off', () => {
    withChoice('off', () => {
      expect(loadKernels()).toEqual({ kernels: null, reason: 'they are switched off', wanted: false });
    });
  });

  test('a level that this processor lacks is refused in words', () => {
    withChoice('avx1024', () => expect(loadKernels().reason).toBe('this processor has no "avx1024"'));
  });

  const levels = currentHost().arch === 'arm64' ? ['neon'] : ['avx2', 'avxvnni', 'avx512', 'avx512vnni', 'avx512bf16'];
  test.for(levels)('%s computes what ggml computes, on 1 to 8 threads', (level, { skip }) => {
    withChoice(level, () => {
      const state = loadKernels();
      if (state.kernels === null) return skip(`${level}: ${state.reason}`);
      expect(state.kernels.level).toBe(level);
      for (let threads = 1; threads <= 8; threads++) {
        using cpu = new Backend(
          listDevices().find(({ kind }) => kind === 'cpu')!,
          threads,
        );
        const rounds = state.kernels.int8 !== null || state.kernels.multipliesBf16;
        // In F32 the weight's copy in F16 is what differs.
        expect(kernelError(cpu)).toBeLessThan(rounds ? largestError : 1e-3);
      }
    });
  });
});
