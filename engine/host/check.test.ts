import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { CheckedAnswer } from '#common/domain/check.ts';
import { createCommandChecker, type CommandCheckOptions } from './check-command.ts';
import { createChecker, runCheck } from './check.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-check-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const item = (answer: string, expected = '', prompt = ''): CheckedAnswer => ({ prompt, expected, answer });
const never = new AbortController().signal;

/** A program of Node, so that it runs on every platform. */
function program(source: string): string[] {
  const file = path.join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  fs.writeFileSync(file, source);
  return [file];
}
const command = (source: string, options?: CommandCheckOptions) =>
  createCommandChecker({ program: process.execPath, args: program(source) }, options);

const readAnswer = `
  import { readFileSync } from 'node:fs';
  const answer = readFileSync(0, 'utf8');
`;

describe('command', () => {
  test('gets the answer on standard input, and its exit code decides', async () => {
    const checker = command(`${readAnswer} process.exit(answer === 'grüße\\n' ? 0 : 3);`);
    expect(await checker.check([item('grüße\n'), item('other')], never)).toEqual([
      { passed: true },
      { passed: false, why: expect.stringContaining('code 3') },
    ]);
  });

  test('verdicts come in the order of the answers, however long each takes', async () => {
    const checker = command(
      `${readAnswer} setTimeout(() => process.exit(answer === 'right' ? 0 : 1), answer === 'slow' ? 400 : 0);`,
    );
    const answers = ['slow', 'right', 'wrong', 'right', 'slow'];
    const verdicts = await checker.check(
      answers.map((answer) => item(answer)),
      never,
    );
    expect(verdicts.map((each) => each.passed)).toEqual([false, true, false, true, false]);
  });

  test('runs at most two at a time', async () => {
    const log = path.join(folder, 'log');
    const checker = command(`
      import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(log)}, '+');
      setTimeout(() => appendFileSync(${JSON.stringify(log)}, '-'), 100);`);
    await checker.check(
      Array.from({ length: 5 }, () => item('')),
      never,
    );
    let running = 0;
    for (const mark of fs.readFileSync(log, 'utf8')) {
      running += mark === '+' ? 1 : -1;
      expect(running).toBeLessThanOrEqual(2);
    }
  });

  test('is told the question and the expected answer', async () => {
    const checker = command(
      `process.exit(process.env.TUNESMITH_PROMPT === 'q\\n1' && process.env.TUNESMITH_EXPECTED === 'a' ? 0 : 1);`,
    );
    expect(await checker.check([item('', 'a', 'q\n1')], never)).toEqual([{ passed: true }]);
  });

  test('a very long question does not keep it from starting', async () => {
    const checker = command('process.exit(process.env.TUNESMITH_PROMPT.length === 8000 ? 0 : 1);');
    expect(await checker.check([item('x'.repeat(1_000_000), '\0', 'y'.repeat(1_000_000))], never)).toEqual([
      { passed: true },
    ]);
  });

  test('its last words say why not', async () => {
    const checker = command(`console.log('reading'); console.error('line 3: no such word'); process.exit(1);`);
    expect((await checker.check([item('')], never))[0]?.why).toMatch(/code 1: line 3: no such word/);
  });

  test('one that does not end is ended, with its children', async () => {
    const beat = path.join(folder, 'beat');
    const child = `setInterval(() => require('fs').appendFileSync(${JSON.stringify(beat)}, '.'), 20)`;
    const checker = command(
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });
       setInterval(() => {}, 1000);`,
      // Long enough for two processes to start on a busy machine.
      { timeoutMs: 8000 },
    );
    const [verdict] = await checker.check([item('')], never);
    expect(verdict).toEqual({ passed: false, why: expect.stringMatching(/longer than 8 seconds/) });
    await wait(100);
    const beats = fs.statSync(beat).size;
    await wait(200);
    expect(fs.statSync(beat).size).toBe(beats);
  });

  test('one that leaves a child behind with its output open is not waited for', async () => {
    const checker = command(
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)'], { stdio: 'inherit' }).unref();
       process.exit(0);`,
    );
    const started = performance.now();
    expect(await checker.check([item('')], never)).toEqual([{ passed: true }]);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('cancelling ends it at once', async () => {
    const checker = command('setInterval(() => {}, 1000);');
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    const started = performance.now();
    await expect(checker.check([item(''), item(''), item('')], abort.signal)).rejects.toThrow(/abort/i);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('a program that is missing, or none, is named', async () => {
    const missing = createChecker({ kind: 'command', program: 'no-such-compiler', args: [] });
    await expect(missing.check([item('')], never)).rejects.toMatchObject({
      code: 'check-failed-to-run',
      message: expect.stringContaining('no-such-compiler'),
    });
    const isFolder = createChecker({ kind: 'command', program: folder, args: [] });
    await expect(isFolder.check([item('')], never)).rejects.toMatchObject({ code: 'check-failed-to-run' });
    expect(await missing.check([], never)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('a file that cannot be run is named', async () => {
    const file = path.join(folder, 'broken');
    fs.writeFileSync(file, '#!/no/such/interpreter\n');
    fs.chmodSync(file, 0o755);
    const checker = createChecker({ kind: 'command', program: file, args: [] });
    await expect(checker.check([item(''), item('')], never)).rejects.toMatchObject({
      code: 'check-failed-to-run',
      message: expect.stringContaining('broken'),
    });
  });
});

describe('regex', () => {
  test('is found anywhere in the answer', async () => {
    const verdicts = await runCheck(
      { kind: 'regex', pattern: '\\b4\\d\\b' },
      [item('it is 42.'), item('it is 52.')],
      never,
    );
    expect(verdicts.map((each) => each.passed)).toEqual([true, false]);
  });

  test('a pattern that takes for ever is stopped', async () => {
    const started = performance.now();
    await expect(
      runCheck({ kind: 'regex', pattern: '^(a+)+$' }, [item(`${'a'.repeat(40)}b`)], never),
    ).rejects.toMatchObject({
      code: 'check-failed-to-run',
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('text checks go through the same door', async () => {
  expect(await runCheck({ kind: 'exact' }, [item('a', 'a'), item('b', 'a')], never)).toMatchObject([
    { passed: true },
    { passed: false },
  ]);
});
