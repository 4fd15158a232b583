/**
 * The whole main job on real models: teach the sample language, and ask what was learned. Minutes to an hour of
 * processor time; `npm run test:models` fetches the models first. The figures are printed as the tables of
 * docs/results.md.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { measureModel, type VersionScore } from '../../bench/quality/measure-model.ts';
import { qualityNotes, qualityTable } from '../../bench/quality/table.ts';
import { ensureRealOllama, startOllama } from '../../scripts/real-ollama.ts';

const log = (line: string): void => void process.stderr.write(`${line}\n`);
const ollama = await ensureRealOllama({ log });
if ('unavailable' in ollama) log(`real Ollama: not run (${ollama.unavailable})`);

describe('the sample language, taught to a real model', () => {
  for (const name of ['smollm2-135m-instruct', 'gemma3-270m']) {
    const modelPath = path.join(import.meta.dirname, '../../.cache/models', `${name}.gguf`);
    if (!fs.existsSync(modelPath)) {
      log(`${name}: not run (npm run fetch:models fetches it)`);
      test.skip(`${name} [not run: the model is not there]`, () => {});
      continue;
    }
    test(name, async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-models-'));
      const server =
        'unavailable' in ollama ? null : await startOllama({ binary: ollama.binary, env: ollama.env, folder });
      try {
        const report = await measureModel({
          modelPath,
          preset: 'balanced',
          quants: ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q4_0'],
          folder,
          ollama:
            server === null ? { leftOut: 'unavailable' in ollama ? ollama.unavailable : '' } : { address: server.url },
          log,
        });
        log(`${qualityTable([report])}\n\n${qualityNotes([report])}`);
        const [adapter, q8] = ['adapter', 'Q8_0'].map(
          (version) => report.scores.find((score) => score.version === version) as VersionScore,
        ) as [VersionScore, VersionScore];
        expect(report.heldOutLossLowest).toBeLessThanOrEqual(0.5 * report.heldOutLossBefore);
        expect(adapter.stopped / adapter.of).toBeGreaterThanOrEqual(0.95);
        expect(adapter.passed / adapter.of).toBeGreaterThanOrEqual(0.7);
        expect(q8.passed / adapter.passed).toBeGreaterThanOrEqual(0.95);
        if ('verdict' in report.ollama) expect(report.ollama.verdict, report.ollama.words).toBe('agrees');
      } finally {
        await server?.stop();
        fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  }
});
