/** A library that was added, in real processes with the real ggml: one that cannot be loaded, and one that ends the process. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linuxCuda } from '#common/platform/additions.ts';

const root = path.resolve(import.meta.dirname, '../..');
const plain = path.join(root, 'node_modules/@node-llama-cpp/linux-x64/bins/linux-x64');
const [pin] = linuxCuda;
const real = path.join(root, 'node_modules', pin!.packageName, pin!.entry.replace(/^package\//, ''));
const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-added-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function start() {
  const child = path.join(root, 'tests/support/addition-child.ts');
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [child, folder], {
    encoding: 'utf8',
    env: { ...process.env, TUNESMITH_LIBRARIES: plain },
  });
  const said = stdout === '' ? null : (JSON.parse(stdout) as { devices: string[]; announced: boolean });
  return { died: status !== 0 || signal !== null, said, stderr };
}
const marks = (): string[] => readdirSync(folder).filter((name) => name.startsWith('loading-'));

test.skipIf(!existsSync(real) || !existsSync(plain))(
  'the real one, on a computer without NVIDIA’s libraries, is passed over (packages not installed: skipped)',
  () => {
    symlinkSync(real, path.join(folder, pin!.fileName));
    const { died, said, stderr } = start();
    expect({ died, stderr }).toMatchObject({ died: false });
    expect(said).toMatchObject({ announced: true });
    expect(said?.devices).toContain('cpu');
    expect(marks()).toEqual([]);
  },
);

test.skipIf(compiler === undefined || !existsSync(plain))(
  'one that ends the process is tried twice, then left out (no C compiler, or packages not installed: skipped)',
  () => {
    const source = path.join(folder, 'ends.c');
    writeFileSync(source, '#include <stdlib.h>\n__attribute__((constructor)) static void end(void) { abort(); }\n');
    const made = spawnSync(compiler!, ['-shared', '-fPIC', '-o', path.join(folder, pin!.fileName), source]);
    expect(made.status).toBe(0);
    expect(start()).toMatchObject({ died: true });
    expect(start()).toMatchObject({ died: true });
    expect(marks()).toHaveLength(2);
    const third = start();
    expect(third).toMatchObject({ died: false, said: { announced: false } });
    expect(third.said?.devices).toContain('cpu');
  },
);
