/**
 * Pictures of every screen, from a real run of the app on a scratch home: light, dark, and at the smallest size. They go to docs/screens, with a palette of 256 colours, which for flat
 * surfaces loses nothing that is seen and takes a third of the room.
 *
 *   npm run screens
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'docs', 'screens');
const raw = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-screens-'));

try {
  const cli = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  const run = spawnSync(process.execPath, [cli, 'test', '-c', 'tests/e2e/playwright.config.ts'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SCREENS_FOLDER: raw },
  });
  const pictures = readdirSync(raw).filter((name) => name.endsWith('.png'));
  if (run.status !== 0 || pictures.length === 0)
    throw new Error('The tour ended early (see above); docs/screens is as it was.');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of pictures) {
    await sharp(path.join(raw, name))
      .png({ palette: true, colours: 256, dither: 0, effort: 10 })
      .toFile(path.join(target, name));
  }
  const bytes = pictures.reduce((sum, name) => sum + statSync(path.join(target, name)).size, 0);
  console.log(`${pictures.length} pictures in docs/screens, ${(bytes / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(raw, { recursive: true, force: true });
}
