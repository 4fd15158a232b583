import { expect, test } from 'vitest';
import { describeDeath } from './death.ts';

const dead = (exitCode: number | null, signal: string | null, stderrTail: readonly string[] = []) =>
  describeDeath({ part: 'training engine', exitCode, signal, stderrTail, logFile: '/logs/engine.log' });

test.each([
  [null, 'SIGKILL', [], /ended from outside.*memory/],
  [137, null, [], /ended from outside/],
  [null, 'SIGABRT', ['x', 'GGML_ASSERT(chunk->n_free_blocks < 256) failed'], /check inside.*GGML_ASSERT\(chunk/],
  [0xc0000409, null, [], /check inside the computing library failed\./],
  [6, null, [], /check inside/],
  [null, 'SIGABRT', ['FATAL ERROR: JavaScript heap out of memory'], /ran out of memory/],
  [null, 'SIGABRT', ["terminate called after throwing 'std::bad_alloc'"], /ran out of memory/],
  [null, 'SIGSEGV', [], /crashed/],
  [0xc0000005, null, [], /crashed/],
  [11, null, [], /crashed/],
  [null, 'SIGTERM', [], /asked by the system/],
  [1, null, ['    at x.ts:1', 'Error: Cannot find module y'], /before its work was done \(Error: Cannot find/],
  [0, null, [], /before its work was done\./],
] as const)('exit code %s, signal %s', (code, signal, tail, words) => {
  const failure = dead(code, signal, tail);
  expect(failure.code).toBe('process-died');
  expect(failure.retryable).toBe(true);
  expect(failure.message).toMatch(words);
  expect(failure.advice).toContain('/logs/engine.log');
});

test('one that was ended by us is no sign of short memory', () => {
  const { message, advice } = describeDeath({
    ...{ part: 'training engine', exitCode: null, signal: 'SIGKILL', stderrTail: [] },
    isGivenUp: true,
  });
  expect(`${message} ${advice}`).not.toMatch(/memory/);
});
