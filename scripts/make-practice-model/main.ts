/**
 * Makes the practice model, resources/models/practice.gguf, from nothing: see README.md beside this file.
 *
 *   node scripts/make-practice-model/main.ts [--updates N] [--folder FOLDER] [--out FILE] [--threads N]
 *
 * Ctrl-C saves and writes what there is; the same command goes on from there.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { conversations } from './corpus/corpus.ts';
import { evaluateModel, printTable } from './evaluate.ts';
import { firstWeights, shape, writeModel } from './model-file.ts';
import { learnVocabulary, type BpeVocabulary } from './tokenizer.ts';
import { train, type TrainingPlan } from './training.ts';

const seed = 20_261;
const root = path.resolve(import.meta.dirname, '../..');

/** Words that occur rarely are put together from parts: one that was made up must not take a place. */
function practiceVocabulary(): BpeVocabulary {
  return learnVocabulary(
    [...conversations(20_000, seed)].flatMap((conversation) =>
      conversation.map(({ user, assistant }) => `user\n${user}\nassistant\n${assistant}`),
    ),
    { size: shape.vocabulary, leastCount: 12 },
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      updates: { type: 'string', default: '2000' },
      folder: { type: 'string', default: path.join(root, '.cache/practice-model') },
      out: { type: 'string', default: path.join(root, 'resources/models/practice.gguf') },
      threads: { type: 'string', default: '1' },
    },
  });
  const plan: TrainingPlan = {
    updates: Number(values.updates),
    peakRate: 4e-3,
    packTokens: 1024,
    packsPerUpdate: 2,
    seed,
    threads: Number(values.threads),
  };
  fs.mkdirSync(values.folder, { recursive: true });
  const vocabulary = practiceVocabulary();
  const first = path.join(values.folder, 'first.gguf');
  await writeModel(first, vocabulary, firstWeights(seed), 'F32');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const started = performance.now();
  let [tokens, smooth] = [0, Number.NaN];
  using session = await train(first, values.folder, plan, {
    saveEvery: 50,
    signal: stop.signal,
    onUpdate: ({ update, loss, tokens: read }) => {
      tokens += read;
      smooth = Number.isNaN(smooth) ? loss : 0.95 * smooth + 0.05 * loss;
      if (update % 20 !== 0) return;
      const perSecond = (tokens / (performance.now() - started)) * 1000;
      console.log(`update ${update} of ${plan.updates}  loss ${smooth.toFixed(3)}  ${perSecond.toFixed(0)} tokens/s`);
    },
  });
  fs.mkdirSync(path.dirname(values.out), { recursive: true });
  const { bytes, sha256 } = await writeModel(values.out, vocabulary, session.tensors(), 'F16');
  console.log(`${values.out}: ${bytes} bytes, SHA-256 ${sha256}`);
  printTable(await evaluateModel(values.out));
}

if (process.argv[1] === import.meta.filename) await main();
