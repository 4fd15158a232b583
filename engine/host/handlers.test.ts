import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import { engineHandlers } from './handlers.ts';
import { heavyWork } from './heavy-work.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'host-'));
const base = path.join(folder, 'tiny.gguf');
const never = new AbortController().signal;
const engine = engineHandlers();

beforeAll(async () => {
  await writeTinyModel(base, { architecture: 'qwen2', layers: 1 });
});
afterAll(() => rmSync(folder, { recursive: true }));

function dataset(name: string, rows: readonly unknown[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
  return file;
}
const pair = (question: string, answer: string) => ({
  messages: [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
});

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function failureOf(work: Promise<unknown>): Promise<TunesmithError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(TunesmithError);
  return thrown as TunesmithError;
}

describe('data sets', () => {
  const preview = (datasetPath: string, rows?: readonly number[]) =>
    collect(
      engine.preview(
        { basePath: base, datasetPath, maxTokens: 200, ...(rows === undefined ? {} : { rows: [...rows] }) },
        never,
      ),
    );

  test('a damaged line is named', async () => {
    const file = dataset('damaged.jsonl', [pair('a', 'b'), '{"messages":', pair('c', 'd')]);
    const error = await failureOf(preview(file));
    expect(error.code).toBe('file-corrupt');
    expect(error.message).toContain('Line 2');
  });

  test('one that is not there', async () => {
    expect((await failureOf(preview(path.join(folder, 'absent.jsonl')))).code).toBe('file-not-found');
  });

  test('rows are chosen by number, and a number beyond the end is refused', async () => {
    const file = dataset('three.jsonl', [pair('a', 'b'), pair('c', 'd'), pair('e', 'f')]);
    expect((await preview(file, [3, 1])).map(({ row }) => row)).toEqual([1, 3]);
    expect((await failureOf(preview(file, [4]))).message).toContain('has 3');
  });

  test('a row that cannot be learned is shown with its problem', async () => {
    const file = dataset('odd.jsonl', [pair('a', 'b'), { messages: [{ role: 'user', content: 'no answer' }] }]);
    const [good, bad] = await preview(file);
    expect(good?.problem).toBeUndefined();
    expect(bad?.problem).toContain('Row 2');
  });
});

describe('measure', () => {
  test('lengths, cuts and problems of the whole', async () => {
    const file = dataset('measured.jsonl', [pair('a', 'b'), pair('x'.repeat(300), 'y'), pair('c', 'z'.repeat(200))]);
    const whole = await engine.measure({ basePath: base, datasetPath: file, maxTokens: 4096 }, never);
    expect(whole).toMatchObject({ examples: 3, cut: 0, problemCount: 0, problems: [] });
    expect(whole.longest).toBeGreaterThan(250);
    expect(whole.p99).toBe(whole.longest);
    const shown = await collect(engine.preview({ basePath: base, datasetPath: file, maxTokens: 4096 }, never));
    const learned = shown.flatMap(({ tokens }) => tokens).filter(({ role }) => role === 'learned');
    expect(whole.learnedTokens).toBe(learned.length);
    const cut = await engine.measure({ basePath: base, datasetPath: file, maxTokens: 120 }, never);
    expect(cut.cut).toBe(2);
    expect(cut.problems.map(({ row }) => row)).toEqual([2]);
  });
});

describe('evaluate and score', () => {
  test('the loss is the mean of what `score` says of each learned token', async () => {
    const file = dataset('scored.jsonl', [pair('say red', 'red red')]);
    const [row] = await collect(engine.preview({ basePath: base, datasetPath: file, maxTokens: 512 }, never));
    const learned = row?.tokens.filter(({ role }) => role === 'learned').map(({ text }) => text) ?? [];
    const rendered = await engine.render({ basePath: base, messages: [{ role: 'user', content: 'say red' }] }, never);
    const texts = [{ prompt: rendered.text, continuation: learned }];
    const [scored] = await engine.score({ modelPath: base, texts }, never);
    expect(scored!.promptTokens).toBe(rendered.tokens.length);
    const events = await collect(
      engine.evaluate(
        {
          basePath: base,
          datasetPath: file,
          maxTokens: 512,
          answers: true,
          check: { kind: 'exact' },
          maxAnswerTokens: 4,
          threads: 1,
        },
        never,
      ),
    );
    const report = events.flatMap((event) => (event.type === 'report' ? [event.report] : []))[0];
    expect(report).toMatchObject({ examples: 1, learnedTokens: learned.length, passed: 0, of: 1 });
    const mean = -scored!.logprobs.reduce((sum, each) => sum + each, 0) / scored!.logprobs.length;
    expect(Math.abs((report?.loss ?? 0) - mean)).toBeLessThan(2e-3);
    expect(events.find((event) => event.type === 'answer')).toMatchObject({ row: 1, expected: 'red red' });
  });
});

test('pausing what does not run is refused', async () => {
  expect((await failureOf(engine.pause({ runFolder: folder }, never))).code).toBe('bad-request');
});

test('one heavy work at a time', () => {
  const heavy = heavyWork();
  const first = heavy.begin('a training');
  expect(() => heavy.begin('an evaluation')).toThrow(/busy with a training/);
  first[Symbol.dispose]();
  heavy.begin('an evaluation')[Symbol.dispose]();
});
