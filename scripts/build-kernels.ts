/**
 * Builds engine/kernels for all six targets into resources/bin/kernels, with a manifest that says from which sources:
 * nobody who installs or works on Tunesmith otherwise needs a C compiler.
 *
 *   node scripts/build-kernels.ts                 all
 *   node scripts/build-kernels.ts darwin-arm64    this one; others stay where they are of the same sources
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
const units: Readonly<
  Record<'x64' | 'arm64', readonly (readonly [source: string, instructions: readonly string[]])[]>
> = {
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
  const wanted = process.argv.slice(2);
  for (const target of targets) {
    if (wanted.length > 0 && !wanted.includes(target.id)) continue;
    build(zig, target);
    record(target);
  }
}

/** Into the manifest, at once: a build that is stopped half-way leaves a manifest that is true. */
function record(target: Target): void {
  const file = path.join(kernelBinaries, 'manifest.json');
  const known = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as KernelManifest) : null;
  const hash = sourceHash();
  const files: Record<string, string> = {};
  for (const { id, file: library } of targets) {
    const name = `${id}/${library}`;
    const earlier = known?.sourceHash === hash ? known.files[name] : undefined;
    if (id === target.id) files[name] = sha256(path.join(kernelBinaries, name));
    else if (earlier !== undefined) files[name] = earlier;
    else fs.rmSync(path.join(kernelBinaries, id), { recursive: true, force: true });
  }
  const manifest: KernelManifest = { compiler: `${compiler.package} ${compiler.version}`, sourceHash: hash, files };
  fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(
    `${target.id}/${target.file}  ${fs.statSync(path.join(kernelBinaries, target.id, target.file)).size} bytes`,
  );
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
  // The mark is written last, so a stopped installation is done again.
  const mark = path.join(folder, `${compiler.package}-${compiler.version}.installed`);
  if (fs.existsSync(mark)) return [python, '-m', 'ziglang'];
  if (!fs.existsSync(python)) run([process.platform === 'win32' ? 'python' : 'python3'], ['-m', 'venv', folder], root);
  run([python], ['-m', 'pip', 'install', '-q', `${compiler.package}==${compiler.version}`], root);
  fs.writeFileSync(mark, '');
  return [python, '-m', 'ziglang'];
}

function run([program, ...first]: readonly string[], args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(program!, [...first, ...args], { cwd, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${[program, ...first, ...args].join(' ')} failed`);
}
