import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { places, placesOf } from './places.ts';

test('in sources everything is in the checkout', () => {
  expect(places.form).toBe('sources');
  expect(existsSync(path.join(places.root, 'package.json'))).toBe(true);
  expect(existsSync(path.join(places.resources, 'samples'))).toBe(true);
  expect(Object.values(places.entries).map((file) => existsSync(file))).toEqual([true, true, true]);
});

test('built files find their neighbours and the resources of the checkout', () => {
  const built = placesOf(path.resolve('/work/tunesmith/.vite/build'));
  expect(built).toMatchObject({
    form: 'built',
    root: path.resolve('/work/tunesmith'),
    resources: path.resolve('/work/tunesmith/resources'),
    entries: { engine: path.resolve('/work/tunesmith/.vite/build/engine.cjs') },
  });
});

test('packaged, real files lie beside the archive', () => {
  const packaged = placesOf(path.resolve('/opt/tunesmith/resources/app.asar/.vite/build'));
  expect(packaged).toMatchObject({
    form: 'packaged',
    root: path.resolve('/opt/tunesmith/resources/app.asar'),
    resources: path.resolve('/opt/tunesmith/resources'),
    window: path.resolve('/opt/tunesmith/resources/app.asar/.vite/renderer'),
  });
});
