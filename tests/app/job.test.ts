import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { TrainingUpdate } from '#common/contract/app/training.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { openTestWindow } from '../support/window.ts';

const words = ['red', 'blue', 'green', 'white', 'black', 'brown', 'pink', 'grey'];
const text = Array.from(
  { length: 40 },
  (_, n) => `# INPUT\nSay ${words[n % 8]} ${n}\n# OUTPUT\n${words[(n + 1) % 8]}\n`,
).join('');

test('the main job through the contract: model, examples, preview, training, shrinking, comparing, runs', async () => {
  await using window = openTestWindow();
  const { client, home, reload } = window;
  const model = path.join(home, 'tiny.gguf');
  await writeTinyModel(model, { architecture: 'llama', layers: 1 });

  const base = await client.models.inspect({ id: model });
  expect(base.info.supported).toBe(true);
  const { id: draft } = await client.drafts.create({ title: 'Colours' });
  await client.drafts.save({ id: draft, change: { base: { id: model, title: 'tiny' }, step: 'examples' } });

  let imported = 0;
  const inputs = [{ kind: 'text' as const, text, name: 'colours.txt' }];
  for await (const event of client.examples.import({ draft, inputs }))
    if (event.type === 'done') imported = event.added;
  expect(imported).toBe(40);
  const page = await client.examples.rows({ draft, offset: 10, limit: 5 });
  expect(page).toMatchObject({ total: 40, rows: [{ row: 11 }, {}, {}, {}, {}] });
  const removed = await client.examples.remove({ draft, rows: [1, 2] });
  expect(removed.examples).toBe(38);
  expect((await client.examples.undo({ draft })).examples).toBe(40);
  expect(await client.examples.findings({ draft })).toMatchObject({ findings: expect.any(Array) as unknown[] });

  const preview = await client.preview.rows({ draft, rows: [3] });
  expect(preview.rows[0]?.tokens.some(({ role }) => role === 'learned')).toBe(true);
  expect((await client.preview.lengths({ draft })).measurement.examples).toBe(40);

  const overrides = { epochs: 2, rank: 2, evaluationsPerEpoch: 1, maxAnswers: 2, maxAnswerTokens: 4, threads: 1 };
  const order = { draft, preset: 'quick' as const, overrides };
  expect((await client.training.plan(order)).updates).toBeGreaterThan(0);
  const { run } = await client.training.start({ ...order, check: { kind: 'similar' } });
  expect((await client.drafts.get({ id: draft })).run).toBe(run);

  const updates: TrainingUpdate[] = [];
  for await (const update of client.training.watch({ run })) {
    updates.push(update);
    if (update.state.phase === 'done' || update.state.phase === 'failed') break;
  }
  expect(updates[0]?.type).toBe('snapshot');
  expect(updates.at(-1)?.state.phase).toBe('done');
  expect(updates.every((update, index) => index === 0 || update.type === 'snapshot' || update.sequence > 0)).toBe(true);
  // What was told in pieces is what a reloaded window is told at once.
  const told = updates.reduce<number[]>(
    (steps, update) => [...(update.type === 'snapshot' ? [] : steps), ...update.steps.map((step) => step.update)],
    [],
  );
  for await (const update of reload().training.watch({ run })) {
    expect(update.steps.map((step) => step.update)).toEqual(told);
    break;
  }

  await client.shrinking.start({ run, quants: ['Q8_0'], measure: false });
  for await (const state of client.shrinking.watch({ run })) {
    expect(state.failure).toBeNull();
    const made = state.choices.find(({ quant }) => quant === 'Q8_0')?.made;
    if (state.work !== null || made === null || made === undefined) continue;
    expect(existsSync(made.path)).toBe(true);
    break;
  }

  const sides = new Set<string>();
  const settings = { maxTokens: 4 };
  for await (const event of client.comparing.ask({ run, prompt: 'Say red 1', settings })) {
    if (event.type === 'end') sides.add(event.side);
  }
  expect([...sides]).toEqual(['base', 'tuned']);
  expect(await client.comparing.history({ run })).toHaveLength(1);

  const detail = await client.runs.detail({ run });
  expect(detail.dataset.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(detail.artifacts.some(({ quant, exists }) => quant === 'Q8_0' && exists)).toBe(true);
  const { draft: again } = await client.runs.repeat({ run });
  expect((await client.examples.summary({ draft: again })).examples).toBe(40);
  const exported = await client.runs.export({ run });
  expect(existsSync(exported.path)).toBe(true);
  expect((await client.runs.delete({ run })).freedBytes).toBeGreaterThan(0);
  expect(await client.runs.list({})).toEqual([]);
}, 900_000);
