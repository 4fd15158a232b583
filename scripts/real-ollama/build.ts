import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildLock } from './lock.ts';

export const builtVersion = '0.34.0';
const goModule = 'github.com/ollama/ollama';
/** llama.cpp's server as a Python package: what the release archives of Ollama carry as a program. */
const serverPackage = 'xllamacpp==2026.10.11549';

/**
 * Builds Ollama into `<folder>/<version>` and returns its program's path; at once where it is already there.
 * Layout, as Ollama looks for it: `bin/ollama`, `lib/ollama/llama-server`, `lib/ollama/llama-quantize`.
 * @throws Error whose message says what is missing on this machine.
 */
export async function buildOllama(folder: string, log: (line: string) => void): Promise<string> {
  const target = join(folder, builtVersion);
  const binary = join(target, 'bin', 'ollama');
  if (existsSync(binary)) {
    await writeStandIns(target);
    return binary;
  }
  if (process.platform === 'win32') {
    throw new Error('the stand-ins for its helper programs need a POSIX shell; install Ollama itself on Windows');
  }
  await mkdir(folder, { recursive: true });
  await using _lock = await buildLock(join(folder, `${builtVersion}.lock`));
  if (existsSync(binary)) return binary;
  const scratch = await mkdtemp(join(folder, 'building-'));
  try {
    log(`Ollama ${builtVersion}: fetching the llama.cpp server (${serverPackage})`);
    await fetchServerPackage(findPython(), join(scratch, 'python'));
    log(`Ollama ${builtVersion}: building from its Go module, about two minutes of processor time`);
    await goInstall(findGo(), join(scratch, 'bin'));
    await writeStandIns(scratch);
    await rename(scratch, target);
    return binary;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function goInstall(go: string, binFolder: string): Promise<void> {
  const tags = prepareSqlite() ? ['-tags', 'libsqlite3'] : [];
  const flags = ['-trimpath', ...tags, '-ldflags', `-s -w -X ${goModule}/version.Version=${builtVersion}`];
  await mkdir(binFolder, { recursive: true });
  await run([...lowPriority(), go, 'install', ...flags, `${goModule}@v${builtVersion}`], {
    GOBIN: binFolder,
    CGO_ENABLED: '1',
    GOFLAGS: '',
  });
}

/** Linking the system's SQLite saves a minute of compiling it. */
function prepareSqlite(): boolean {
  const header = '/usr/include/sqlite3.h';
  if (existsSync(header) && hasCompiler()) return true;
  if (process.getuid?.() === 0 && runs('apt-get', '--version')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', '-y', '-qq', 'libsqlite3-dev', 'gcc', 'libc6-dev'], { stdio: 'ignore', env });
  }
  if (!hasCompiler()) throw new Error('building Ollama needs a C compiler (gcc or clang), and there is none');
  return existsSync(header);
}

function hasCompiler(): boolean {
  return ['cc', 'gcc', 'clang'].some((command) => runs(command, '--version'));
}

function findGo(): string {
  const candidates = ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go', '/opt/homebrew/bin/go'];
  const found = candidates.filter((command) => runs(command, 'version'));
  // From 1.21 on, Go fetches by itself the newer Go that a module asks for.
  const usable = found.find((command) => {
    const version = spawnSync(command, ['env', 'GOVERSION'], { encoding: 'utf8' }).stdout.trim();
    const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major) > 1 || Number(minor) >= 21;
  });
  if (usable !== undefined) return usable;
  throw new Error(
    found.length === 0
      ? 'no Ollama is installed, and building one needs Go 1.26, which was not found'
      : 'no Ollama is installed, and building one needs Go 1.26; the Go of this machine is older than 1.21',
  );
}

function findPython(): string {
  const found = ['python3', 'python'].find((command) => runs(command, '-m', 'pip', '--version'));
  if (found === undefined) throw new Error('building Ollama needs Python 3.10 with pip, and there is none');
  return found;
}

async function fetchServerPackage(python: string, folder: string): Promise<void> {
  const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--disable-pip-version-check'];
  await run([
    python,
    '-m',
    'pip',
    'install',
    ...options,
    '--root-user-action=ignore',
    '--target',
    folder,
    serverPackage,
  ]);
  // The same interpreter must be found later, whatever is first on PATH then.
  const { stdout } = spawnSync(python, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  await writeFile(join(folder, 'interpreter'), stdout.trim());
}

/** Written anew at every start: they name this checkout and this Node, and either may have moved. */
async function writeStandIns(target: string): Promise<void> {
  const folder = join(target, 'lib', 'ollama');
  await mkdir(folder, { recursive: true });
  const here = import.meta.dirname;
  const scripts = {
    'llama-server': `root="$(dirname "$0")/../.."
PYTHONPATH="$root/python" exec "$(cat "$root/python/interpreter")" ${quoted(join(here, 'llama-server.py'))} "$@"`,
    'llama-quantize': `exec ${quoted(process.execPath)} ${quoted(join(here, 'llama-quantize.ts'))} "$@"`,
  };
  for (const [name, body] of Object.entries(scripts)) {
    const path = join(folder, name);
    // Rename, because another process may be running the file.
    const fresh = `${path}.${process.pid}`;
    await writeFile(fresh, `#!/bin/sh\n${body}\n`);
    chmodSync(fresh, 0o755);
    await rename(fresh, path);
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function lowPriority(): readonly string[] {
  return runs('nice', '-n', '10', 'true') ? ['nice', '-n', '10'] : [];
}

function runs(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function run(command: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-600)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`"${command.slice(0, 5).join(' ')} …" failed: ${complaint.trim()}`));
    });
  });
}
