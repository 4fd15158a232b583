import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildKernels, kernelBinaries, kernelSources, sha256, targets } from '../build-kernels.ts';
import { kernelTools } from './compiler.ts';

/** What inspect.py prints for a file. */
interface LibraryFacts {
  readonly format: string;
  readonly machine: string;
  readonly exports: readonly string[];
  /** Other libraries that it loads. */
  readonly libraries: readonly string[];
  /** Versions of the system that it asks for. */
  readonly needs: readonly string[];
  readonly signed?: boolean;
}

const tools = kernelTools();
const lacking = tools === null ? ' [not run: the compiler is not there (node scripts/build-kernels.ts --install)]' : '';
const built = targets.filter(({ id, file }) => fs.existsSync(path.join(kernelBinaries, id, file)));

/** By platform: the format, what a library may load, and the newest system it may ask for. */
const platforms = {
  linux: { format: 'ELF', loads: /^(libc|libm)\.so\.6$/, system: 'GLIBC', newest: [2, 28] },
  win32: { format: 'PE', loads: /^(kernel32|api-ms-win-crt-\w+-l1-1-0)\.dll$/i, system: 'Windows', newest: [10, 0] },
  darwin: {
    format: 'Mach-O',
    // The first is its own name.
    loads: /^(libtunesmith-kernels|\/usr\/lib\/libSystem\.B)\.dylib$/,
    system: 'macOS',
    newest: [11, 0],
  },
} as const;
const machines = {
  linux: { x64: 'X86_64', arm64: 'AARCH64' },
  win32: { x64: 'AMD64', arm64: 'ARM64' },
  darwin: { x64: 'X86_64', arm64: 'ARM64' },
} as const;

/** Names that the sources export. */
function exportedBySources(): readonly string[] {
  const names = fs
    .readdirSync(kernelSources)
    .filter((name) => name.endsWith('.c'))
    .flatMap((name) => {
      const source = fs.readFileSync(path.join(kernelSources, name), 'utf8');
      return [...source.matchAll(/^EXPORT\s[^(]*?(tunesmith_\w+)\(/gm)].map(([, found]) => found!);
    });
  return names.toSorted();
}

describe.skipIf(tools === null)(`the built kernels${lacking}`, () => {
  test.for(built)('$id: for this system and processor, asking for nothing else', ({ id, file }) => {
    const [platform, arch] = id.split('-') as [keyof typeof platforms, 'x64' | 'arm64'];
    const expected = platforms[platform];
    const facts = inspect(path.join(kernelBinaries, id, file));
    expect(facts.format).toBe(expected.format);
    expect(facts.machine).toBe(machines[platform][arch]);
    expect(facts.exports.filter((name) => name.startsWith('tunesmith_')).toSorted()).toEqual(exportedBySources());
    for (const library of facts.libraries) expect(library).toMatch(expected.loads);
    expect(facts.needs).not.toEqual([]);
    for (const need of facts.needs) {
      const [, system, major, minor] = /^(\w+?)[ _](\d+)\.(\d+)/.exec(need)!;
      expect(system).toBe(expected.system);
      const [newestMajor, newestMinor] = expected.newest;
      expect(Number(major) * 1000 + Number(minor)).toBeLessThanOrEqual(newestMajor * 1000 + newestMinor);
    }
    // macOS on ARM loads nothing without a signature; this one says only that the bytes are whole.
    if (id === 'darwin-arm64') expect(facts.signed).toBe(true);
  });

  test('linux-x64: built again, the same bytes', { timeout: 5 * 60_000 }, () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-rebuild-'));
    try {
      const target = targets.find(({ id }) => id === 'linux-x64')!;
      buildKernels(tools!.zig, target, path.join(folder, target.id));
      const again = sha256(path.join(folder, target.id, target.file));
      expect(again).toBe(sha256(path.join(kernelBinaries, target.id, target.file)));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});

function inspect(file: string): LibraryFacts {
  const script = path.join(import.meta.dirname, 'inspect.py');
  const printed = execFileSync(tools!.python, [script, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(printed) as readonly LibraryFacts[])[0]!;
}
