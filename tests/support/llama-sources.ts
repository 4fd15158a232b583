/**
 * Real tokenizers and real chat templates for tests, out of the llama.cpp sources that the package node-llama-cpp
 * carries as a git bundle. Nothing of them is committed: they are unpacked into `.cache/` when a test asks.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const cache = path.join(root, '.cache/llama-sources');

export type VocabularyName = 'llama-bpe' | 'llama-spm' | 'qwen2';

/**
 * A vocabulary-only GGUF: BPE with a BOS (Llama 3), SentencePiece (Llama 2) or BPE without a BOS (Qwen 2).
 * Null where git or the bundle is missing: skip the test by name.
 */
export function ggmlVocabulary(name: VocabularyName): string | null {
  return sourceFile(`models/ggml-vocab-${name}.gguf`);
}

/** The text of `models/templates/NAME.jinja`, or null where git or the bundle is missing. */
export function realTemplate(name: string): string | null {
  const file = sourceFile(`models/templates/${name}.jinja`);
  return file === null ? null : fs.readFileSync(file, 'utf8');
}

/** A template out of llama.cpp's own test table (C string literals), e.g. `google/gemma-7b-it`; null as above. */
export function realTemplateInTests(name: string): string | null {
  const file = sourceFile('tests/test-chat-template.cpp');
  if (file === null) return null;
  const source = fs.readFileSync(file, 'utf8');
  const entry = source.slice(source.indexOf(`"${name}"`));
  const literal = /\.template_str=\s*\*\/\s*("(?:[^"\\]|\\.)*")/.exec(entry)?.[1];
  return literal === undefined ? null : (JSON.parse(literal) as string);
}

/** A real model of `.cache/models`, or null where it was not fetched. */
export function fetchedModel(fileName: string): string | null {
  const file = path.join(root, '.cache/models', fileName);
  return fs.existsSync(file) ? file : null;
}

function sourceFile(name: string): string | null {
  const target = path.join(cache, name);
  if (fs.existsSync(target)) return target;
  try {
    const bytes = execFileSync('git', ['-C', sources(), 'show', `HEAD:${name}`], {
      maxBuffer: 64 * 2 ** 20,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    writeWhole(target, bytes);
    return target;
  } catch {
    return null;
  }
}

function sources(): string {
  const repository = path.join(cache, 'llama.cpp.git');
  if (fs.existsSync(path.join(repository, 'HEAD'))) return repository;
  const bundle = path.join(root, 'node_modules/node-llama-cpp/llama/gitRelease.bundle');
  fs.mkdirSync(cache, { recursive: true });
  const unfinished = `${repository}.${process.pid}`;
  execFileSync('git', ['clone', '--quiet', '--bare', bundle, unfinished], { stdio: 'ignore' });
  try {
    fs.renameSync(unfinished, repository);
  } catch {
    // Another test process was first.
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  return repository;
}

function writeWhole(target: string, bytes: Uint8Array): void {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  fs.writeFileSync(unfinished, bytes);
  fs.renameSync(unfinished, target);
}
