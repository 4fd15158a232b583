/**
 * Our side of `npm run bench -- --peft`: one update for each line on standard input, one JSON line for each on standard output.
 *
 *   node bench/peft/our-side.ts MODEL.gguf UPDATES.json on|off PACK-TOKENS
 */
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { defaultThreads } from '#engine/model/open-session.ts';
import { loadKernels } from '#engine/native/kernels.ts';
import { oneUpdate, openBench } from '../one-update.ts';
import type { Updates } from './updates.ts';

const [modelPath, updatesFile, checkpointing, packTokensText] = process.argv.slice(2);
const packTokens = Number(packTokensText);
const updates = (JSON.parse(fs.readFileSync(updatesFile!, 'utf8')) as Updates).map((sequences) =>
  sequences.map(({ ids, learned }, example) => ({
    example,
    ids: Int32Array.from(ids),
    learned: Uint8Array.from(learned),
  })),
);
using session = await openBench({
  modelPath: modelPath!,
  threads: defaultThreads(),
  checkpointing: checkpointing === 'on',
  packTokens,
});
const { kernels, reason } = loadKernels();
answer({ ready: true, kernels: kernels === null ? `off (${reason})` : kernels.level });
let step = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'end') break;
  const { loss, totalMs } = await oneUpdate(session, updates[step % updates.length]!, { step: ++step, packTokens });
  answer({ ms: totalMs, loss, peakBytes: process.resourceUsage().maxRSS * 1024 });
}

function answer(fields: object): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}
