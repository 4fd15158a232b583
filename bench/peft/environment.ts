/**
 * A Python environment with PEFT in .cache/peft, in the versions of requirements.txt, and the models in the form that it reads.
 * For Linux on x64 the package `torch` brings its libraries for graphics cards along: 6 GB on the disk.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const cache = path.resolve(import.meta.dirname, '../../.cache/peft');
const requirements = path.join(import.meta.dirname, 'requirements.txt');

/** Nothing is looked up on a hub. */
export const offline = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1', HF_HUB_DISABLE_PROGRESS_BARS: '1' };

/** The interpreter of the environment, installed on first use. */
export function ensurePython(): string {
  const folder = path.join(cache, 'venv');
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = createHash('sha256').update(fs.readFileSync(requirements)).digest('hex');
  // The mark is written last, so a stopped installation is done again.
  const mark = path.join(folder, 'installed');
  if (fs.existsSync(mark) && fs.readFileSync(mark, 'utf8') === wanted) return python;
  if (!fs.existsSync(python)) run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  console.log('Installing PyTorch and PEFT into .cache/peft (some GB, once)…');
  run(python, ['-m', 'pip', 'install', '-q', '-r', requirements]);
  fs.writeFileSync(mark, wanted);
  return python;
}

/** The weights of a GGUF file in F32 as a folder of Hugging Face's form. */
export function ensureConverted(python: string, modelPath: string): string {
  const folder = path.join(cache, 'models', path.basename(modelPath, '.gguf'));
  if (fs.existsSync(path.join(folder, 'model.safetensors'))) return folder;
  const part = `${folder}.part`;
  fs.rmSync(part, { recursive: true, force: true });
  console.log(`Converting ${path.basename(modelPath)} for PEFT…`);
  run(python, [path.join(import.meta.dirname, 'convert.py'), modelPath, part]);
  fs.renameSync(part, folder);
  return folder;
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, ...offline } });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} failed`);
}
