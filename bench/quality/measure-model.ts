/**
 * Teaches one base model the sample language Brook through the command line and puts what came of it to the 30
 * held-out questions: base, adapter, and each quantized file; then installs the Q8_0 file into a real Ollama.
 */
import fs from 'node:fs';
import path from 'node:path';
import { tunesmith, type JsonLine } from './command-line.ts';

export interface VersionScore {
  readonly version: string;
  readonly passed: number;
  readonly of: number;
  readonly stopped: number;
  readonly bytes: number;
}

export interface QualityReport {
  readonly model: string;
  readonly preset: string;
  readonly tuneSeconds: number;
  /** Held-out loss of the base and the lowest while training (the sample's own held-out examples). */
  readonly heldOutLossBefore: number;
  readonly heldOutLossLowest: number;
  /** `answers` events of the training: right answers on the held-out examples by update. */
  readonly answersByUpdate: readonly { readonly update: number; readonly passed: number; readonly of: number }[];
  readonly keptUpdate: number;
  readonly scores: readonly VersionScore[];
  readonly ollama: { readonly verdict: string; readonly words: string } | { readonly leftOut: string };
}

export interface QualityOptions {
  readonly modelPath: string;
  readonly preset: string;
  readonly quants: readonly string[];
  /** Processor threads, where not the best number for an idle machine is wanted. */
  readonly threads?: number;
  /** A folder for state and results; its content may be removed afterwards. */
  readonly folder: string;
  /** Address of a running Ollama, or why there is none. */
  readonly ollama: { readonly address: string } | { readonly leftOut: string };
  readonly log: (line: string) => void;
}

const root = path.resolve(import.meta.dirname, '../..');
const sample = path.join(root, 'resources/samples/brook');
const check = `command:node ${path.join(sample, 'check.mjs')}`;
const questions = path.join(sample, 'questions.jsonl');

export async function measureModel(options: QualityOptions): Promise<QualityReport> {
  const { modelPath, preset, log } = options;
  const out = path.join(options.folder, 'tuned');
  const env = {
    TUNESMITH_HOME: path.join(options.folder, 'home'),
    ...('address' in options.ollama ? { OLLAMA_HOST: options.ollama.address } : {}),
  };
  const threads = options.threads === undefined ? [] : ['--threads', String(options.threads)];
  const score = async (version: string, args: readonly string[], file: string): Promise<VersionScore> => {
    const lines = await tunesmith(['evaluate', questions, '--answers', '--check', check, ...threads, ...args], { env });
    const report = lines.find((line) => line['passed'] !== undefined && line['of'] !== undefined) ?? {};
    const result = {
      version,
      passed: Number(report['passed']),
      of: Number(report['of']),
      stopped: Number(report['stopped']),
      bytes: fs.statSync(file).size,
    };
    log(`${version}: ${result.passed} of ${result.of} right, ${result.stopped} stopped by themselves`);
    return result;
  };

  const scores = [await score('base', ['--base', modelPath], modelPath)];
  const start = performance.now();
  const events = await tunesmith(
    [
      'tune',
      path.join(sample, 'train.txt'),
      '--base',
      modelPath,
      '--out',
      out,
      '--preset',
      preset,
      '--quant',
      'Q8_0',
      '--check',
      check,
    ],
    { env, onLine: (line) => logEvent(line, log) },
  );
  const tuneSeconds = (performance.now() - start) / 1000;
  const adapter = path.join(out, 'adapter.gguf');
  scores.push(await score('adapter', ['--base', modelPath, '--adapter', adapter], adapter));
  const run = String((await tunesmith(['runs'], { env }))[0]?.['id']);
  for (const quant of options.quants) {
    const file = path.join(out, `model-${quant}.gguf`);
    if (quant !== 'Q8_0') await tunesmith(['shrink', run, '--quant', quant, '--out', out], { env });
    scores.push(await score(quant, ['--base', file], file));
  }
  const losses = ofType(events, 'evaluation').map((event) => Number(event['heldOutLoss']));
  return {
    model: path.basename(modelPath, '.gguf'),
    preset,
    tuneSeconds,
    heldOutLossBefore: losses[0]!,
    heldOutLossLowest: Math.min(...losses),
    answersByUpdate: ofType(events, 'answers').map(({ update, passed, of }) => ({
      update: Number(update),
      passed: Number(passed),
      of: Number(of),
    })),
    keptUpdate: Number(ofType(events, 'done')[0]?.['keptUpdate']),
    scores,
    ollama: 'address' in options.ollama ? await install(run, env) : options.ollama,
  };
}

async function install(run: string, env: Readonly<Record<string, string>>): Promise<QualityReport['ollama']> {
  const lines = await tunesmith(['install', run, '--name', `tunesmith-quality-${run}`], { env });
  const [parity] = ofType(lines, 'parity');
  if (parity === undefined) throw new Error('the installation was not checked against Ollama');
  return { verdict: String(parity['verdict']), words: String(parity['words']) };
}

function ofType(events: readonly JsonLine[], type: string): readonly JsonLine[] {
  return events.filter((event) => event['type'] === type);
}

function logEvent(event: JsonLine, log: (line: string) => void): void {
  if (event['type'] === 'step' && Number(event['update']) % 10 === 0) {
    log(
      `update ${event['update']}: loss ${Number(event['loss']).toFixed(3)}, ${Number(event['tokensPerSecond']).toFixed(0)} tokens/s`,
    );
  } else if (['evaluation', 'answers', 'notice', 'done'].includes(String(event['type']))) log(JSON.stringify(event));
}
