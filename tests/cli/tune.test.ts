import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, workFolder, writeExamples, type CliResult, type Row } from '../support/cli.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const work = workFolder();
const { home } = work;
const base = work.file('tiny.gguf');
const data = work.file('examples.txt');
const out = work.file('tuned');
const cli = (...args: string[]) => runCli(args, { home });
const quick = ['--epochs', '1', '--rank', '4', '--threads', '1', '--max-answer-tokens', '8', '--max-answers', '2'];
let tuned: CliResult;
let run: string;

beforeAll(async () => {
  await writeTinyModel(base, { architecture: 'llama', layers: 1 });
  writeExamples(data, 40);
  tuned = await cli(
    'tune',
    data,
    '--base',
    base,
    '--out',
    out,
    '--json',
    '--seed',
    '3',
    '--question',
    'say red',
    ...quick,
  );
  run = String(tuned.rows[0]?.['run']);
});
afterAll(() => work[Symbol.dispose]());

const ofType = (rows: readonly Row[], type: string): readonly Row[] => rows.filter((row) => row.type === type);

test('tune tells what happens, in order and with the fields of the contract', () => {
  expect(tuned.stderr).not.toMatch(/\n\s+at /);
  expect(tuned.code).toBe(0);
  const { rows } = tuned;
  expect(rows[0]?.type).toBe('start');
  expect(rows.at(-1)).toMatchObject({ type: 'done', outcome: 'finished' });
  const steps = ofType(rows, 'step');
  const total = rows[0]?.['totalUpdates'] as number;
  expect(steps.map(({ update }) => update)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  for (const step of steps) {
    for (const field of ['update', 'loss', 'learningRate', 'gradientNorm', 'tokensPerSecond', 'residentBytes']) {
      expect(step[field]).toEqual(expect.any(Number));
    }
  }
  const evaluations = ofType(rows, 'evaluation');
  expect(evaluations.length).toBeGreaterThanOrEqual(2);
  expect(evaluations[0]).toMatchObject({ update: 0, heldOutLoss: expect.any(Number) });
  expect(ofType(rows, 'answers')[0]).toMatchObject({ passed: expect.any(Number), of: 2, stopped: expect.any(Number) });
  expect(ofType(rows, 'sample').some(({ prompt }) => prompt === 'say red')).toBe(true);
  expect(ofType(rows, 'checkpoint').length).toBeGreaterThan(0);
});

test('the folder holds what was promised, with the hashes that were told', () => {
  const artifacts = ofType(tuned.rows, 'artifact').filter((each) => String(each['path']).startsWith(out));
  expect(artifacts.map((each) => path.basename(String(each['path'])))).toEqual([
    'adapter.gguf',
    'model-Q8_0.gguf',
    'Modelfile',
    'run.json',
  ]);
  for (const { path: file, bytes, sha256 } of artifacts) {
    const content = readFileSync(String(file));
    expect(content.length).toBe(bytes);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
  }
  const modelfile = readFileSync(path.join(out, 'Modelfile'), 'utf8');
  expect(modelfile).toContain('FROM ./model-Q8_0.gguf');
  expect(modelfile).toMatch(/PARAMETER temperature 0\.2/);
  expect(modelfile).toMatch(/PARAMETER stop/);
  const document = readFileSync(path.join(out, 'run.json'), 'utf8');
  expect(JSON.parse(document)).toMatchObject({ format: 'tunesmith-run', id: run, recipe: { rank: 4, seed: 3 } });
  expect(document).not.toContain(home);
});

test('equal seeds give equal runs', async () => {
  const again = await cli('train', data, '--base', base, '--json', '--seed', '3', '--question', 'say red', ...quick);
  const losses = (rows: readonly Row[]) => ofType(rows, 'step').map(({ loss }) => loss);
  expect(losses(again.rows)).toEqual(losses(tuned.rows));
});

test('runs lists and shows it', async () => {
  const list = await cli('runs', '--json');
  expect(list.rows.map(({ id }) => id)).toContain(run);
  const shown = await cli('runs', run, '--json');
  expect(shown.rows[0]).toMatchObject({ type: 'run', id: run, phase: 'done' });
  expect(ofType(shown.rows, 'step')).toHaveLength(ofType(tuned.rows, 'step').length);
  expect((await cli('runs', run)).stdout).toContain('held-out loss');
});

test('shrink makes another type and measures it', async () => {
  const { code, rows } = await cli('shrink', run, '--quant', 'f16', '--check', 'contains', '--json');
  expect(code).toBe(0);
  expect(rows[0]).toMatchObject({ type: 'artifact', kind: 'merged', quant: 'F16' });
  expect(existsSync(String(rows[0]?.['path']))).toBe(true);
  expect(ofType(rows, 'answers')[0]).toMatchObject({ of: 4, quant: 'F16' });
});

test('chat answers with the fields of the contract: one, many, and with an adapter', async () => {
  const adapter = path.join(out, 'adapter.gguf');
  const common = ['--max-tokens', '6', '--threads', '1', '--device', 'cpu', '--json'];
  const one = await cli('chat', '--base', base, '--prompt', 'say red', ...common);
  expect(one.stderr).not.toContain('Error');
  expect(one.code).toBe(0);
  expect(one.rows).toHaveLength(1);
  expect(one.rows[0]).toMatchObject({
    prompt: 'say red',
    answer: expect.any(String),
    stopped: expect.any(Boolean),
    tokens: expect.any(Number),
  });
  const prompts = work.file('prompts.jsonl');
  writeFileSync(prompts, '"say blue"\n{"prompt":"say red"}\n{"messages":[{"role":"user","content":"say tall"}]}\n');
  const many = await cli('chat', '--base', base, '--adapter', adapter, '--prompts', prompts, ...common);
  expect(many.rows.map(({ prompt }) => prompt)).toEqual(['say blue', 'say red', 'say tall']);
  const merged = await cli('chat', '--base', path.join(out, 'model-Q8_0.gguf'), '--prompts', prompts, ...common);
  expect(merged.rows).toHaveLength(3);
});

test('an interactive chat reads line by line and ends with its input', async () => {
  const talk = await runCli(
    ['chat', '--base', base, '--max-tokens', '3', '--threads', '1', '--device', 'cpu', '--json'],
    {
      home,
      stdin: 'say red\n/new\nsay <|im_end|>\nsay blue\n/bye\nnever read\n',
    },
  );
  expect(talk.code).toBe(0);
  expect(talk.rows.map(({ prompt }) => prompt)).toEqual(['say red', 'say blue']);
  expect(talk.stderr).toContain('<|im_end|>');
});

test('compare puts the same questions to both', async () => {
  const { code, rows } = await cli('compare', run, '--limit', '2', '--max-tokens', '4', '--check', 'exact', '--json');
  expect(code).toBe(0);
  expect(rows).toHaveLength(2);
  for (const row of rows)
    expect(row).toMatchObject({ prompt: expect.any(String), base: expect.any(String), tuned: expect.any(String) });
});

test('evaluate reports loss, and answers where asked', async () => {
  const adapter = path.join(out, 'adapter.gguf');
  const plain = await cli('evaluate', data, '--base', base, '--json', '--threads', '1');
  const taught = await cli('evaluate', data, '--base', base, '--adapter', adapter, '--json', '--threads', '1');
  expect(plain.rows[0]).toMatchObject({
    examples: 40,
    learnedTokens: expect.any(Number),
    tokenAccuracy: expect.any(Number),
  });
  expect(plain.rows[0]).not.toHaveProperty('passed');
  expect(taught.rows[0]?.['loss']).toBeLessThan(plain.rows[0]?.['loss'] as number);
  const few = work.file('few.txt');
  writeExamples(few, 3);
  const answered = await cli(
    'evaluate',
    few,
    '--base',
    base,
    '--answers',
    '--max-answer-tokens',
    '4',
    '--check',
    'command:true',
    '--json',
  );
  expect(answered.rows[0]).toMatchObject({ examples: 3, of: 3, passed: 3, stopped: expect.any(Number) });
});

test('install without Ollama says where the files are and what to do', async () => {
  const { code, stdout, stderr } = await cli('install', run, '--name', 'my-test-model');
  expect(code).toBe(1);
  expect(stderr).toMatch(/ollama/i);
  expect(stderr).toMatch(/ollama create my-test-model -f Modelfile/);
  expect(stdout).not.toContain('Installed');
  expect((await cli('runs', run, '--json')).rows[0]).toMatchObject({ phase: 'done' });
});

test('tune --install without Ollama warns at once, makes everything, and says so in the end', async () => {
  const folder = work.file('not-installed');
  const { code, stderr, rows } = await cli(
    'tune',
    data,
    '--base',
    base,
    '--out',
    folder,
    '--install',
    'x',
    '--json',
    ...quick,
  );
  expect(code).toBe(1);
  expect(stderr.indexOf('cannot be installed as things are')).toBeLessThan(stderr.indexOf('held-out loss'));
  expect(rows.some(({ type }) => type === 'done')).toBe(false);
  for (const name of ['adapter.gguf', 'model-Q8_0.gguf', 'Modelfile', 'run.json']) {
    expect(existsSync(path.join(folder, name))).toBe(true);
  }
  const illegal = await cli(
    'tune',
    data,
    '--base',
    base,
    '--out',
    folder,
    '--install',
    'no good name!',
    '--json',
    ...quick,
  );
  expect(illegal.code).not.toBe(0);
  expect(illegal.rows).toEqual([]);
});

test('export writes one file, delete frees the folder and keeps the person’s files, import brings the run back', async () => {
  const zip = work.file('run.tunesmith');
  expect((await cli('export', run, '--to', zip, '--json')).code).toBe(0);
  expect(readFileSync(zip).subarray(0, 2).toString()).toBe('PK');
  const deleted = await cli('runs', 'delete', run, '--json');
  expect(deleted.code).toBe(0);
  expect(deleted.rows[0]).toMatchObject({ type: 'deleted', run });
  expect(existsSync(path.join(home, 'runs', run))).toBe(false);
  expect(existsSync(path.join(out, 'model-Q8_0.gguf'))).toBe(true);
  expect((await cli('runs', '--json')).rows.map(({ id }) => id)).not.toContain(run);
  const imported = await cli('import-run', zip, '--json');
  expect(imported.rows[0]).toMatchObject({ type: 'imported', run, hasBase: true, checkProgram: false });
  expect((await cli('runs', '--json')).rows.map(({ id }) => id)).toContain(run);
  expect(existsSync(path.join(home, 'runs', run, 'adapter.gguf'))).toBe(true);
  const again = await cli('import-run', zip);
  expect(again.code).not.toBe(0);
  expect(again.stderr).toMatch(/is here already/);
});
