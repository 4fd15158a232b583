/** Not a test: `npm run screens` goes through the app with this and keeps a picture of every stop (scripts/screens.ts). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, realOllama } from './support/ollama.ts';
import { tour, type Subject } from './support/tour.ts';
import { test } from './support/world.ts';

const folder = process.env['SCREENS_FOLDER'] ?? '';

const looks = [
  { suffix: '', colorScheme: 'light', width: 1280, height: 800 },
  { suffix: '.dark', colorScheme: 'dark', width: 1280, height: 800 },
  { suffix: '.small', colorScheme: 'light', width: 960, height: 640 },
  { suffix: '.small.dark', colorScheme: 'dark', width: 960, height: 640 },
] as const;

/** Of the smallest window in the dark these say enough. */
const smallAndDark = new Set(['examples', 'examples-flawed', 'training', 'compare', 'home', 'install']);

const lantern = readFileSync(path.resolve(import.meta.dirname, '../../resources/samples/lantern/train.txt'), 'utf8');

/** What a newcomer sees: the practice model and the guided sample. */
const subject: Subject = {
  title: 'Lantern’s desk',
  model: 'Practice model',
  examples: lantern,
  count: lantern.match(/^# INPUT$/gm)!.length,
  pattern: String.raw`^Hello from Lantern! .+ Your desk is number [1-8]\. Shine on!$`,
  question: 'When can I come to your shop?',
  stops: true,
  tastes: [
    'Are you open on Sunday morning?',
    'Can I come at seven?',
    'Where is my order now?',
    'How much is the small lamp?',
    'Do you repair lamps?',
    'Can I send my lamp back?',
    'Is there a lamp for a child?',
    'Who made my lamp?',
  ],
};

const scratch = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-screens-ollama-'));
const port = await freePort();
const real = await realOllama(scratch);
let stopOllama: () => Promise<unknown> = async () => {};
const startOllama = async (): Promise<void> => {
  const server = await real!.start(port);
  stopOllama = () => server.stop();
};

test.use({ model: 'none', appEnv: { OLLAMA_HOST: `127.0.0.1:${port}` } });
test.afterAll(async () => {
  await stopOllama();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});
test.setTimeout(20 * 60_000);

test('every screen', async ({ world }) => {
  mkdirSync(folder, { recursive: true });
  let number = 0;
  await tour(
    world,
    async ({ name, page }) => {
      number += 1;
      // Nothing is hovered by chance.
      await page.mouse.move(0, 0);
      for (const { suffix, colorScheme, width, height } of looks) {
        if (suffix === '.small.dark' && !smallAndDark.has(name)) continue;
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const file = path.join(folder, `${String(number).padStart(2, '0')}-${name}${suffix}.png`);
        await page.screenshot({ path: file, caret: 'hide', animations: 'disabled' });
      }
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    },
    real === undefined ? subject : { ...subject, withOllama: startOllama },
  );
});
