import { expect, test } from 'vitest';
import { isLoopback, ollamaAddress } from './address.ts';

test.each([
  [undefined, 'http://127.0.0.1:11434'],
  ['', 'http://127.0.0.1:11434'],
  ['  ', 'http://127.0.0.1:11434'],
  ['example', 'http://example:11434'],
  ['10.0.0.7', 'http://10.0.0.7:11434'],
  ['10.0.0.7:8080', 'http://10.0.0.7:8080'],
  [':8080', 'http://127.0.0.1:8080'],
  ['"localhost:8080"', 'http://localhost:8080'],
  ['[fd00::2]:8080', 'http://[fd00::2]:8080'],
  ['[fd00::2]', 'http://[fd00::2]:11434'],
  ['fd00::2', 'http://[fd00::2]:11434'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['0.0.0.0:1234', 'http://127.0.0.1:1234'],
  ['[::]:1234', 'http://[::1]:1234'],
  ['::', 'http://[::1]:11434'],
  // With a scheme written out, the scheme's own port is meant, as in Ollama.
  ['http://example', 'http://example:80'],
  ['https://example', 'https://example:443'],
  ['HTTPS://example:8443/', 'https://example:8443'],
  ['https://example/behind/proxy/', 'https://example:443/behind/proxy'],
  ['example:99999', 'http://example:11434'],
  ['example:port', 'http://example:11434'],
])('OLLAMA_HOST=%s is reached at %s', (value, address) => {
  expect(ollamaAddress(value)).toBe(address);
  expect(() => new URL(address)).not.toThrow();
});

test('knows which addresses are this machine', () => {
  expect(isLoopback(ollamaAddress(undefined))).toBe(true);
  expect(isLoopback(ollamaAddress('[::1]'))).toBe(true);
  expect(isLoopback(ollamaAddress('localhost'))).toBe(true);
  expect(isLoopback(ollamaAddress('0.0.0.0'))).toBe(true);
  expect(isLoopback(ollamaAddress('127.example.org'))).toBe(false);
  expect(isLoopback(ollamaAddress('10.0.0.7'))).toBe(false);
});
