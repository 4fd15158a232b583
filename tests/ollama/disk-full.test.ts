import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installModel } from '#main/services/ollama/install.ts';
import { listModels } from '#main/services/ollama/models.ts';
import { describeReal, scratchOllama } from '../support/ollama-suite.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

/** A file system of its own for the server alone: it is gone with the process, however that ends. */
const ownNamespace = 'unshare';
const canMount =
  process.platform === 'linux' &&
  spawnSync(ownNamespace, ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0;

describeReal('a real Ollama on a full disk', () => {
  const title = 'is said in words, whether the upload or the copy does not fit';
  test.skipIf(!canMount)(canMount ? title : `${title} [not run: needs the right to mount a file system]`, async () => {
    for (const [megabytes, code] of [
      [4, 'disk-full'],
      // The copy is made by a tool whose reason Ollama 0.34 does not pass on.
      [18, 'ollama-refused'],
    ] as const) {
      await using ollama = await scratchOllama({
        wrap: async (binary, folder) => {
          const models = join(folder, 'models');
          await mkdir(models);
          const script = join(folder, 'small-disk');
          const inside = `mount -t tmpfs -o size=${megabytes}m tmpfs '${models}' && exec '${binary}' "$@"`;
          await writeFile(
            script,
            `#!/bin/sh\nexec ${ownNamespace} -m sh -c '${inside.replaceAll("'", `'\\''`)}' sh "$@"\n`,
          );
          await chmod(script, 0o755);
          return script;
        },
      });
      const ggufPath = join(ollama.folder, 'large.gguf');
      const { bytes } = await writeTinyModel(ggufPath, {
        architecture: 'llama',
        embeddingLength: 256,
        vocabulary: 5000,
        layers: 2,
      });
      expect(bytes).toBeGreaterThan(9e6);
      expect(bytes).toBeLessThan(18e6);
      await expect(
        installModel({ server: ollama.server, ggufPath, name: 'large', stops: [] }),
        `${megabytes} MB`,
      ).rejects.toMatchObject({
        code,
        advice: expect.stringMatching(/Free some space/),
      });
      expect(await listModels(ollama.server)).toEqual([]);
    }
  });
});
