import { expect, test } from 'vitest';
import { fullModelName, isSameModelName, parseModelName, suggestModelName } from './names.ts';

test.each([
  ['helper', 'helper:latest'],
  [' helper ', 'helper:latest'],
  ['helper:v2', 'helper:v2'],
  ['anna/helper', 'anna/helper:latest'],
  ['_helper.1-b_c:Q8_0', '_helper.1-b_c:Q8_0'],
  ['a'.repeat(80), `${'a'.repeat(80)}:latest`],
])('%s is written %s', (text, full) => {
  expect(fullModelName(text)).toBe(full);
});

test.each([
  ['', /needs a name/],
  ['   ', /needs a name/],
  ['my helper', /a space/],
  ['Übersetzer', /Ü/],
  ['-helper', /must start/],
  ['.helper', /must start/],
  ['helper:', /is empty/],
  ['/helper', /is empty/],
  ['anna/', /is empty/],
  ['a/b/c', /more than one/],
  ['an.na/helper', /before "\/" holds the character "."/],
  ['helper:v 2', /a space/],
  ['helper:a:b', /":"/],
  ['helper:cloud', /keeps such endings/],
  ['helper:big-cloud', /keeps such endings/],
  ['helper:local', /keeps such endings/],
  ['a'.repeat(81), /longer than the 80/],
  ['..', /must start/],
])('refuses %j and says why', (text, why) => {
  expect(() => parseModelName(text)).toThrow(why);
  expect(() => parseModelName(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});

test('compares names as Ollama does', () => {
  expect(isSameModelName('Helper', 'helper:LATEST')).toBe(true);
  expect(isSameModelName('helper:v1', 'helper')).toBe(false);
  expect(isSameModelName('localhost:5000/helper', 'localhost:5000/helper:latest')).toBe(true);
});

test.each([
  ['Brigid, the café helper!', 'brigid-the-cafe-helper'],
  ['Привет', 'my-model'],
  ['...', 'my-model'],
  ['x'.repeat(200), 'x'.repeat(80)],
])('makes a name of %j', (text, name) => {
  expect(suggestModelName(text)).toBe(name);
  expect(fullModelName(name)).toBe(`${name}:latest`);
});
