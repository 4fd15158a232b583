import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { keepWindowState, placeWindow, readWindowState } from './window-state.ts';

const laptop = { x: 0, y: 0, width: 1440, height: 900 };
const second = { x: 1440, y: 0, width: 1920, height: 1080 };
const onSecond = { x: 1600, y: 100, width: 1300, height: 850, maximized: false };

test('opens where it was', () => {
  expect(placeWindow(onSecond, [laptop, second])).toEqual({ x: 1600, y: 100, width: 1300, height: 850 });
});

test.each([
  ['its display is gone', onSecond, [laptop]],
  ['its strip is above the display', { ...onSecond, x: 10, y: -300 }, [laptop]],
  ['only a sliver is left', { ...onSecond, x: 1400, y: 10 }, [laptop]],
])('opens in the middle where %s', (_why, state, displays) => {
  expect(placeWindow(state, displays)).not.toHaveProperty('x');
});

test('is never larger than the display nor smaller than its screens need', () => {
  expect(placeWindow({ ...onSecond, x: 0, y: 0, width: 5000, height: 5000 }, [laptop])).toMatchObject({
    width: 1440,
    height: 900,
  });
  expect(placeWindow({ ...onSecond, x: 0, y: 0, width: 10, height: 10 }, [laptop])).toMatchObject({ width: 880 });
  expect(placeWindow(undefined, [{ x: 0, y: 0, width: 1024, height: 600 }])).toEqual({ width: 1024, height: 600 });
});

test('is kept in a file, and a damaged file counts as none', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'window-state-'));
  expect(readWindowState(folder)).toBeUndefined();
  keepWindowState(folder, onSecond);
  expect(readWindowState(folder)).toEqual(onSecond);
  writeFileSync(path.join(folder, 'window.json'), '{"x": "here"}');
  expect(readWindowState(folder)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
