/**
 * Builds engine/kernels for all six targets into resources/bin/kernels, with a manifest that says from which sources:
 * nobody who installs or works on Tunesmith otherwise needs a C compiler.
 *
 *   node scripts/build-kernels.ts
 *
 * The cross-compiler is Zig's, from the Python package `ziglang`, in a version of its own in .cache: the same
 * sources then give the same bytes on any machine.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const compiler = { package: 'ziglang', version: '0.17.1' } as const;

const root = path.resolve(import.meta.dirname, '..');
export const kernelSources = path.join(root, 'engine/kernels');
export const kernelBinaries = path.join(root, 'resources/bin/kernels');

interface Target {
  /** `<platform>-<arch>` as Node names them. */
  readonly id: string;
  readonly triple: string;
  readonly file: string;
}

/** glibc 2.28 and macOS 11 are what the prebuilt llama.cpp libraries ask for at the least. */
export const targets: readonly Target[] = [
  { id: 'linux-x64', triple: 'x86_64-linux-gnu.2.28', file: 'libtunesmith-kernels.so' },
  { id: 'linux-arm64', triple: 'aarch64-linux-gnu.2.28', file: 'libtunesmith-kernels.so' },
  { id: 'win32-x64', triple: 'x86_64-windows-gnu', file: 'tunesmith-kernels.dll' },
  { id: 'win32-arm64', triple: 'aarch64-windows-gnu', file: 'tunesmith-kernels.dll' },
  { id: 'darwin-x64', triple: 'x86_64-macos.11.0', file: 'libtunesmith-kernels.dylib' },
  { id: 'darwin-arm64', triple: 'aarch64-macos.11.0', file: 'libtunesmith-kernels.dylib' },
];

const flags = [
  ...['-O3', '-std=gnu11', '-fPIC', '-fvisibility=hidden', '-g0', '-Wall', '-Wextra', '-Werror'],
  // No code looks at errno or traps, and products may be fused with sums: what vector code needs.
  ...['-fno-math-errno', '-fno-trapping-math', '-ffp-contract=fast', '-fno-sanitize=undefined'],
];
const avx512 = ['-mavx512f', '-mavx512bw', '-mavx512vl', '-mavx512dq', '-mfma', '-mf16c', '-mprefer-vector-width=512'];

/** Sources by processor family, with the instructions each may use. */
const units: Readonly<Record<'x64' | 'arm64', readonly (readonly [source: string, instructions: readonly string[]])[]>> =
  {
    x64: [
      ['cpu.c', []],
      ['product.c', []],
      ['glu.c', []],
      ['level-avx2.c', ['-mavx2', '-mfma', '-mf16c']],
      ['level-avx512.c', avx512],
      ['level-avx512bf16.c', [...avx512, '-mavx512bf16']],
    ],
    arm64: [
      ['cpu.c', []],
      ['product.c', []],
      ['glu.c', []],
      ['level-neon.c', []],
    ],
  };

export interface KernelManifest {
  readonly compiler: string;
  /** Of all sources and of the flags in this script. */
  readonly sourceHash: string;
  /** SHA-256 by path below resources/bin/kernels. */
  readonly files: Readonly<Record<string, string>>;
}

/** SHA-256 over names and contents of all that decides what is built. */
export function sourceHash(): string {
  const hash = createHash('sha256');
  const names = fs.readdirSync(kernelSources).filter((name) => /\.[ch]$/.test(name));
  for (const name of names.toSorted()) hash.update(`${name}\0${normalized(path.join(kernelSources, name))}\0`);
  hash.update(JSON.stringify([compiler, targets, flags, units]));
  return hash.digest('hex');
}

/** Line ends may differ between checkouts; they change nothing in what is built. */
function normalized(file: string): string {
  return fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
}

export function sha256(file: string): string {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

if (import.meta.main) {
  const zig = findCompiler();
  const files: Record<string, string> = {};
  for (const target of targets) {
    build(zig, target);
    const name = `${target.id}/${target.file}`;
    files[name] = sha256(path.join(kernelBinaries, name));
    console.log(`${name}  ${fs.statSync(path.join(kernelBinaries, name)).size} bytes`);
  }
  const manifest: KernelManifest = {
    compiler: `${compiler.package} ${compiler.version}`,
    sourceHash: sourceHash(),
    files,
  };
  fs.writeFileSync(path.join(kernelBinaries, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function build(zig: readonly string[], target: Target): void {
  const objects = path.join(root, '.cache/kernels', target.id);
  const output = path.join(kernelBinaries, target.id);
  for (const folder of [objects, output]) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
  }
  const family = target.id.endsWith('arm64') ? 'arm64' : 'x64';
  const compiled = units[family].map(([source, instructions]) => {
    const object = path.join(objects, source.replace(/c$/, 'o'));
    const args = ['cc', '-target', target.triple, ...flags, ...instructions, '-c', source, '-o', object];
    run(zig, args, kernelSources);
    return object;
  });
  run(zig, ['cc', '-target', target.triple, '-shared', '-s', ...compiled, '-o', target.file], output);
  // Windows also gets an import library and debug information, which nothing uses.
  for (const name of fs.readdirSync(output)) if (name !== target.file) fs.rmSync(path.join(output, name));
}

/** The pinned compiler, installed into .cache on first use. */
function findCompiler(): readonly string[] {
  const folder = path.join(root, '.cache/ziglang', 'venv');
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!fs.existsSync(python)) run([process.platform === 'win32' ? 'python' : 'python3'], ['-m', 'venv', folder], root);
  run([python], ['-m', 'pip', 'install', '-q', `${compiler.package}==${compiler.version}`], root);
  return [python, '-m', 'ziglang'];
}

function run([program, ...first]: readonly string[], args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(program!, [...first, ...args], { cwd, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${[program, ...first, ...args].join(' ')} failed`);
}
