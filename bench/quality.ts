/**
 * `npm run bench:quality`: what teaching really achieves. Tunes the real test models on the sample language, puts
 * base, adapter and every quantized file to the 30 held-out questions, and installs into a real Ollama. Repeat it
 * whenever a default of the recipe changes.
 *
 *   npm run bench:quality -- [--model smollm2-135m-instruct] [--preset balanced] [--threads 1] [--write]
 *
 * `--write` puts the tables into docs/results.md.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureRealOllama, startOllama } from '../scripts/real-ollama.ts';
import { measureModel, type QualityReport } from './quality/measure-model.ts';
import { qualityNotes, qualityTable, replaceBetween } from './quality/table.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    preset: { type: 'string', default: 'balanced' },
    threads: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const root = path.resolve(import.meta.dirname, '..');
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const reports: QualityReport[] = [];
for (const model of values.model ?? ['smollm2-135m-instruct', 'gemma3-270m']) {
  const modelPath = path.join(root, '.cache/models', `${model}.gguf`);
  if (!fs.existsSync(modelPath)) {
    log(`left out: ${model} (npm run fetch:models fetches it)`);
    continue;
  }
  log(`== ${model}`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-quality-'));
  const found = await ensureRealOllama({ log });
  const server = 'unavailable' in found ? null : await startOllama({ binary: found.binary, env: found.env, folder });
  try {
    reports.push(
      await measureModel({
        modelPath,
        preset: values.preset,
        quants: ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q4_0'],
        folder,
        ollama:
          server === null ? { leftOut: 'unavailable' in found ? found.unavailable : '' } : { address: server.url },
        log,
      }),
    );
  } finally {
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
process.stdout.write(`${qualityTable(reports)}\n\n${qualityNotes(reports)}\n`);
if (values.write) {
  const file = path.join(root, 'docs/results.md');
  const text = `\n${qualityTable(reports)}\n\n${qualityNotes(reports)}\n`;
  fs.writeFileSync(file, replaceBetween(fs.readFileSync(file, 'utf8'), 'quality', text));
}
