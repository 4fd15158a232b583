import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const modules = path.resolve(import.meta.dirname, '../../node_modules');

/**
 * better-sqlite3 for an Electron of Node-API 9: the package's own library wants 10 and crashes there. Built from the package's
 * sources with its own options; only the version asked for differs. Returns the library's file below `cache`.
 */
export async function buildSqlite(cache: string, say: (words: string) => void): Promise<string> {
  const from = path.join(modules, 'better-sqlite3');
  const { version } = createRequire(import.meta.url)(path.join(from, 'package.json')) as { version: string };
  const file = path.join(cache, `better-sqlite3-${version}.node`);
  if (existsSync(file)) return file;
  say('Building better-sqlite3 for the tests’ Electron (a minute, once) …');
  const work = path.join(cache, `sqlite.${process.pid}`);
  mkdirSync(work, { recursive: true });
  try {
    const amalgamation = path.join(from, 'deps', 'sqlite3');
    const options = definesOf(readFileSync(path.join(from, 'deps', 'defines.gypi'), 'utf8'));
    const [sqlite, addon, library] = ['sqlite3.o', 'addon.o', 'addon.node'].map((name) => path.join(work, name)) as [
      string,
      string,
      string,
    ];
    const common = ['-O2', '-fPIC', '-DNDEBUG', '-w', '-c'];
    await Promise.all([
      compile('gcc', [...common, '-std=c99', ...options, path.join(amalgamation, 'sqlite3.c'), '-o', sqlite]),
      compile('g++', [
        ...common,
        '-std=c++20',
        '-fvisibility=hidden',
        '-fvisibility-inlines-hidden',
        // The experimental version, which every Node has and which holds what became version 10.
        '-DNAPI_VERSION=2147483647',
        '-DNAPI_EXPERIMENTAL',
        '-include',
        path.join(import.meta.dirname, 'node-api-experimental.h'),
        '-DNAPI_DISABLE_CPP_EXCEPTIONS',
        '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
        `-I${path.join(modules, 'node-api-headers', 'include')}`,
        `-I${path.join(modules, 'node-addon-api')}`,
        `-I${amalgamation}`,
        ...options,
        path.join(from, 'src', 'better_sqlite3.cpp'),
        '-o',
        addon,
      ]),
    ]);
    await compile('g++', ['-shared', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL', addon, sqlite, '-ldl', '-o', library]);
    renameSync(library, file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The options that better-sqlite3 builds SQLite with: a list of strings in a gyp file. */
function definesOf(gyp: string): string[] {
  const found = [...gyp.matchAll(/^\s*'(\w+(?:=[^']*)?)',?$/gm)].map(([, define]) => `-D${define}`);
  if (found.length < 10) throw new Error('The build options of better-sqlite3 are written differently now.');
  return found;
}

async function compile(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', () => reject(new Error(`${program} is not there (Debian has it as "g++").`)));
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${words.slice(-3000)}`);
}
