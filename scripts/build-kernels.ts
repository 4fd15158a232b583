/**
 * Builds engine/kernels for all six targets into resources/bin/kernels, with a manifest that says from which sources:
 * nobody who installs or works on Tunesmith otherwise needs a C compiler.
 *
 *   node scripts/build-kernels.ts                 all
 *   node scripts/build-kernels.ts darwin-arm64    this one; others stay where they are of the same sources
 *   node scripts/build-kernels.ts --compare       all, elsewhere: are they byte for byte what lies in resources?
 *   node scripts/build-kernels.ts --install       nothing; fetches the compiler
 *
 * The cross-compiler is Zig's, from the Python package `ziglang`, in a version of its own in .cache: the same
 * sources then give the same bytes on any machine.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compiler, ensureKernelTools, run } from './kernels/compiler.ts';

const root = path.resolve(import.meta.dirname, '..');
export const kernelSources = path.join(root, 'engine/kernels');
export const kernelBinaries = path.join(root, 'resources/bin/kernels');

export interface Target {
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
const avx2 = ['-mavx2', '-mfma', '-mf16c'];
const avx512 = ['-mavx512f', '-mavx512bw', '-mavx512vl', '-mavx512dq', '-mfma', '-mf16c', '-mprefer-vector-width=512'];

type Unit = readonly [source: string, instructions: readonly string[]];

/** What every processor runs before a level is chosen. */
const common: readonly Unit[] = [
  ['cpu.c', []],
  ['product.c', []],
  ['glu.c', []],
  ['attention.c', []],
  ['cross-entropy.c', []],
  ['int8.c', []],
];

/** Sources by processor family, with the instructions each may use. */
const units: Readonly<Record<'x64' | 'arm64', readonly Unit[]>> = {
  x64: [
    ...common,
    ['level-avx2.c', avx2],
    ['level-avxvnni.c', [...avx2, '-mavxvnni']],
    ['level-avx512.c', avx512],
    ['level-avx512vnni.c', [...avx512, '-mavx512vnni']],
    ['level-avx512bf16.c', [...avx512, '-mavx512vnni', '-mavx512bf16']],
  ],
  arm64: [...common, ['level-neon.c', []]],
};

/** The sources of a target and the instructions each may use. */
export function unitsFor(id: string): readonly Unit[] {
  return units[id.endsWith('arm64') ? 'arm64' : 'x64'];
}

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
  const { zig } = ensureKernelTools();
  const args = process.argv.slice(2);
  if (args.includes('--compare')) process.exitCode = compare(zig) ? 0 : 1;
  else if (!args.includes('--install')) {
    for (const target of targets) {
      if (args.length > 0 && !args.includes(target.id)) continue;
      buildKernels(zig, target, path.join(kernelBinaries, target.id));
      record(target);
    }
  }
}

/** Builds all targets into a folder of their own and says which are not what the repository has. */
function compare(zig: readonly string[]): boolean {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-kernels-'));
  const differing = targets.filter((target) => {
    const built = path.join(folder, target.id);
    buildKernels(zig, target, built);
    const kept = path.join(kernelBinaries, target.id, target.file);
    const same = fs.existsSync(kept) && sha256(path.join(built, target.file)) === sha256(kept);
    console.log(`${target.id}/${target.file}  ${same ? 'the same bytes' : 'DIFFERS from what the repository has'}`);
    return !same;
  });
  fs.rmSync(folder, { recursive: true, force: true });
  return differing.length === 0;
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

/** Compiles one target into `output`, which is emptied first. */
export function buildKernels(zig: readonly string[], target: Target, output: string): void {
  const objects = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-objects-'));
  fs.rmSync(output, { recursive: true, force: true });
  fs.mkdirSync(output, { recursive: true });
  const compiled = unitsFor(target.id).map(([source, instructions]) => {
    const object = path.join(objects, source.replace(/c$/, 'o'));
    const args = ['cc', '-target', target.triple, ...flags, ...instructions, '-c', source, '-o', object];
    run(zig, args, kernelSources);
    return object;
  });
  run(zig, ['cc', '-target', target.triple, '-shared', '-s', ...compiled, '-o', target.file], output);
  // Windows also gets an import library and debug information, which nothing uses.
  for (const name of fs.readdirSync(output)) if (name !== target.file) fs.rmSync(path.join(output, name));
  fs.rmSync(objects, { recursive: true, force: true });
}
