/**
 * `npm run bench -- --peft`: our engine beside PyTorch and PEFT on the same weights, the same tokens and the same learned half of them. Both sides
 * have the model open and take turns, one update each, so that they see the same machine; the ratio is the median of the pairs.
 *
 * PEFT runs at its best: as BF16 or F32, and short rows one by one or padded into one batch, whichever a first look finds faster; logits only where
 * something is learned; the adapter in the type of the weights; scaled_dot_product_attention; AdamW fused. Ours packs short rows as training does.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defaultThreads } from '#engine/model/open-session.ts';
import { ensureConverted, ensurePython, offline } from './environment.ts';
import { startSide, type Side, type Step } from './side.ts';
import { rowUpdates, textUpdates, type Updates } from './updates.ts';
import { median } from '../median.ts';

export interface ComparisonOptions {
  readonly models: readonly string[];
  /** Lengths of text, and `rows` for short rows. */
  readonly lengths: readonly string[];
  readonly checkpointing: readonly ('on' | 'off')[];
  readonly pairs: number;
  /** For PEFT; otherwise the faster one. */
  readonly precision: Precision | undefined;
}

type Precision = 'bf16' | 'f32';
interface Variant {
  readonly precision: Precision;
  readonly batch: 'one' | 'padded';
}

interface OurReady {
  readonly kernels: string;
}
interface PeftReady {
  readonly torch: string;
  readonly interpreterBytes: number | null;
}

/** As the presets have it. */
const rowPackTokens = 512;
/** Quantized weights are multiplied in BF16 or with 8-bit activations on our side. */
const mostLossDifference = 0.02;

export async function compareWithPeft(options: ComparisonOptions): Promise<void> {
  const python = ensurePython();
  console.log(
    '| model | tokens | checkpointing | ours | PEFT | ours, tokens/s | PEFT | ratio | ours, peak | PEFT | loss |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const modelPath of options.models) {
    const folder = ensureConverted(python, modelPath);
    for (const length of options.lengths) {
      const updates = length === 'rows' ? await rowUpdates(modelPath) : textUpdates(modelPath, Number(length));
      const work = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-bench-'));
      try {
        const updatesFile = path.join(work, 'updates.json');
        fs.writeFileSync(updatesFile, JSON.stringify(updates));
        for (const checkpointing of options.checkpointing) {
          await comparePair({ ...options, python, modelPath, folder, length, updates, updatesFile, checkpointing });
        }
      } finally {
        fs.rmSync(work, { recursive: true, force: true });
      }
    }
  }
}

interface Pair {
  readonly python: string;
  readonly modelPath: string;
  readonly folder: string;
  readonly length: string;
  readonly updates: Updates;
  readonly updatesFile: string;
  readonly checkpointing: 'on' | 'off';
  readonly pairs: number;
  readonly precision: Precision | undefined;
}

async function comparePair(pair: Pair): Promise<void> {
  const variant = await fastestVariant(pair);
  await using peft = await startPeft(pair, variant);
  await using ours = await startOurs(pair);
  const tokens = (i: number): number => {
    const update = pair.updates[i % pair.updates.length]!;
    return update.reduce((sum, { ids }) => sum + ids.length - 1, 0);
  };
  // The first update of each pays for page faults and, in PyTorch, for the choice of its products.
  const first = { ours: await ours.step(), peft: await peft.step() };
  const rounds: { readonly ours: Step; readonly peft: Step; readonly tokens: number }[] = [];
  for (let i = 1; i <= pair.pairs; i++) {
    rounds.push({ ours: await ours.step(), peft: await peft.step(), tokens: tokens(i) });
  }
  const speed = (side: 'ours' | 'peft'): number =>
    median(rounds.map((round) => (round.tokens / round[side].ms) * 1000));
  const last = rounds.at(-1) ?? { ...first };
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const rest = peft.ready.interpreterBytes;
  console.log(
    `| ${[
      path.basename(pair.modelPath, '.gguf'),
      pair.length === 'rows' ? 'short rows' : pair.length,
      pair.checkpointing,
      ours.ready.kernels,
      describe(pair, variant),
      speed('ours').toFixed(0),
      speed('peft').toFixed(0),
      median(rounds.map((round) => round.peft.ms / round.ours.ms)).toFixed(2),
      megabytes(last.ours.peakBytes),
      megabytes(last.peft.peakBytes) + (rest === null ? '' : ` (${megabytes(rest)} empty)`),
      `${first.ours.loss.toFixed(4)}, ${first.peft.loss.toFixed(4)}`,
    ].join(' | ')} |`,
  );
  if (Math.abs(first.ours.loss / first.peft.loss - 1) > mostLossDifference) {
    throw new Error('the two sides do not compute the same: their losses before the first update differ');
  }
}

/** Two updates after a first one, in each way that PEFT could do it. */
async function fastestVariant(pair: Pair): Promise<Variant> {
  const precisions = pair.precision === undefined ? (['bf16', 'f32'] as const) : [pair.precision];
  const batches = pair.length === 'rows' ? (['one', 'padded'] as const) : (['one'] as const);
  const variants = precisions.flatMap((precision) => batches.map((batch): Variant => ({ precision, batch })));
  if (variants.length === 1) return variants[0]!;
  let best: { readonly variant: Variant; readonly ms: number } | undefined;
  for (const variant of variants) {
    await using side = await startPeft(pair, variant);
    await side.step();
    const ms = Math.min((await side.step()).ms, (await side.step()).ms);
    console.error(`PEFT ${describe(pair, variant)}: ${ms.toFixed(0)} ms an update`);
    if (best === undefined || ms < best.ms) best = { variant, ms };
  }
  return best!.variant;
}

function describe({ length }: Pair, { precision, batch }: Variant): string {
  const rows = length !== 'rows' ? '' : batch === 'one' ? ', one by one' : ', padded batch';
  return `${precision}${rows}`;
}

function startPeft(pair: Pair, { precision, batch }: Variant): Promise<Side<PeftReady>> {
  const { python, folder, updatesFile, checkpointing } = pair;
  const choices = { precision, batch, checkpointing, threads: String(defaultThreads()) };
  const args = Object.entries(choices).flatMap(([name, value]) => [`--${name}`, value]);
  const script = path.join(import.meta.dirname, 'peft_side.py');
  return startSide(python, [script, folder, updatesFile, ...args], { ...process.env, ...offline });
}

function startOurs({ modelPath, updatesFile, checkpointing, length }: Pair): Promise<Side<OurReady>> {
  const script = path.join(import.meta.dirname, 'our-side.ts');
  const packTokens = length === 'rows' ? rowPackTokens : Number(length) + 1;
  const args = [script, modelPath, updatesFile, checkpointing, String(packTokens)];
  return startSide(process.execPath, args, process.env);
}
