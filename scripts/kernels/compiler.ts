/**
 * The cross-compiler and the reader of its results: Python packages in an environment of their own below .cache, in the versions that
 * decide the bytes of what is built.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const compiler = { package: 'ziglang', version: '0.17.1' } as const;
/** Reads ELF, PE and Mach-O. */
const reader = 'lief==1.0.0';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.cache/ziglang', 'venv');
const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
// The mark is written last, so a stopped installation is done again.
const mark = path.join(folder, `${compiler.package}-${compiler.version} ${reader}`);

export interface KernelTools {
  /** The compiler's command and its first arguments. */
  readonly zig: readonly string[];
  /** The interpreter that finds `lief`. */
  readonly python: string;
}

/** Null where nobody has installed them yet. */
export function kernelTools(): KernelTools | null {
  return fs.existsSync(mark) ? { zig: [python, '-m', 'ziglang'], python } : null;
}

/** Installs them on first use: 110 MB to fetch. Throws where that fails. */
export function ensureKernelTools(): KernelTools {
  const known = kernelTools();
  if (known !== null) return known;
  const system = process.platform === 'win32' ? 'python' : 'python3';
  if (!fs.existsSync(python)) run([system], ['-m', 'venv', folder], root);
  run([python], ['-m', 'pip', 'install', '-q', `${compiler.package}==${compiler.version}`, reader], root);
  fs.writeFileSync(mark, '');
  return { zig: [python, '-m', 'ziglang'], python };
}

/** Throws where the program cannot be started or fails. */
export function run([program, ...first]: readonly string[], args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(program!, [...first, ...args], { cwd, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${[program, ...first, ...args].join(' ')} failed`);
}
