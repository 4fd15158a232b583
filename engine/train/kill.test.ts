import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { trainEventSchema } from '#common/domain/train-event.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { createRandom } from './random.ts';
import { eventsOf } from './testing/toy-run.ts';

const child = fileURLToPath(new URL('./testing/toy-child.ts', import.meta.url));
const kills = 20;

/** Runs the child until its end, or kills it with no warning once it has told `lines` events. */
async function runChild(folder: string, resume: boolean, lines: number, delayMs: number): Promise<TrainEvent[]> {
  const running = spawn(process.execPath, [child, folder, resume ? 'resume' : 'begin'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: TrainEvent[] = [];
  for await (const line of createInterface({ input: running.stdout })) {
    events.push(trainEventSchema.parse(JSON.parse(line)));
    if (events.length === lines) setTimeout(() => running.kill('SIGKILL'), delayMs);
  }
  return events;
}

test(`killed ${kills} times anywhere, a run loses at most one checkpoint interval each time and ends the same`, async () => {
  const [whole, own] = await Promise.all([1, 2].map(() => mkdtemp(path.join(os.tmpdir(), 'tunesmith-kill-'))));
  if (!whole || !own) throw new Error('no folders');
  try {
    const expected = await runChild(whole, false, Number.POSITIVE_INFINITY, 0);
    const random = createRandom(11);
    const losses = new Map<number, number>();
    let done = 0;
    for (let life = 0; life <= kills; life++) {
      const last = life === kills;
      const events = await runChild(
        own,
        life > 0,
        last ? Number.POSITIVE_INFINITY : 1 + random.below(12),
        random.below(12),
      );
      const [start] = eventsOf(events, 'start');
      expect(start?.update).toBeGreaterThanOrEqual(done - 3);
      for (const { update, loss } of eventsOf(events, 'step')) {
        losses.set(update, loss);
        done = update;
      }
      if (last) expect(events.at(-1)).toEqual(expected.at(-1));
    }
    const undisturbed = new Map(eventsOf(expected, 'step').map(({ update, loss }) => [update, loss]));
    for (const [update, loss] of losses) expect(loss).toBe(undisturbed.get(update));
  } finally {
    for (const folder of [whole, own]) await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
