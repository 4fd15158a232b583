import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

/** In a process of its own: the change is for good. */
const script = `
  import { skipSelfTest } from ${JSON.stringify(path.join(import.meta.dirname, 'no-self-test.ts'))};
  skipSelfTest();
  const { fork } = await import('node:child_process');
  const heard = [];
  const trial = fork('/anywhere/testBindingBinary.js', [], {});
  trial.on('message', ({ type }) => {
    heard.push(type);
    trial.send({ type: { ready: 'start', loaded: 'test', done: 'exit' }[type] });
  });
  trial.on('exit', (code) => {
    const other = fork(${JSON.stringify(path.join(import.meta.dirname, 'absent.mjs'))}, [], { silent: true });
    other.on('exit', (otherCode) => console.log(JSON.stringify({ heard, code, pid: trial.pid ?? null, otherCode })));
  });
`;

test('only the trial of the binding is answered without a process', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({ heard: ['ready', 'loaded', 'done'], code: 0, pid: null, otherCode: 1 });
});
