/** The disk fills up: a training stops and says why, examples are not taken and it is said, and all goes on when there is room. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { errors } from '../../renderer/copy/errors.ts';
import { words } from '../../renderer/copy/index.ts';
import { button, heading, openStep } from './support/journey.ts';
import { expectFurtherThan, startLongTraining, updateOf } from './support/long-training.ts';
import { placeTinyModel } from './support/models.ts';
import { expect, test } from './support/world.ts';

const disk = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-small-disk-'));
const isMounted =
  process.platform === 'linux' &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' }).status === 0;
process.once('exit', () => {
  if (isMounted) spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

test.use({ appEnv: { TUNESMITH_HOME: path.join(disk, 'data') } });
test.setTimeout(10 * 60_000);
test.beforeAll(async () => void (await placeTinyModel(disk)));

/** Takes all that is left, as another program would, down to the last page. */
function fillDisk(): void {
  const folder = path.join(disk, 'other');
  mkdirSync(folder, { recursive: true });
  for (const bytes of [1_000_000, 4096, 1]) {
    try {
      for (let n = 0; ; n += 1) writeFileSync(path.join(folder, `${bytes}-${n}`), new Uint8Array(bytes));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
}

test('a full disk stops the training in words, and takes no examples; with room again both go on', async ({
  world,
}) => {
  test.skip(!isMounted, 'not run: a small disk can only be mounted by root on Linux');
  const { page } = world;
  await startLongTraining(page);
  await expectFurtherThan(page, 10);
  const before = await updateOf(page);
  fillDisk();
  await expect(heading(page, words.train.stopped.titles['disk-full']!)).toBeVisible({ timeout: 120_000 });
  const why = page.getByRole('region', { name: words.train.stopped.why }).or(page.getByRole('alert'));
  await expect(why.first()).toContainText(/disk/i);
  const place = await page.evaluate(() => window.location.hash);

  await openStep(page, 'examples');
  await button(page, words.examples.paste).click();
  const dialog = page.getByRole('dialog', { name: words.examples.pasteTitle });
  const text = '# INPUT\nSay one more\n# OUTPUT\nyes\n'.repeat(400);
  await dialog.getByLabel(words.examples.pasteText).fill(text);
  fillDisk();
  await dialog.getByRole('button', { name: words.examples.pasteRead }).click();
  await expect(page.getByText(errors['disk-full'].title).first()).toBeVisible();
  await expect(page.getByText(words.examples.matches('60'), { exact: true }).first()).toBeVisible();

  rmSync(path.join(disk, 'other'), { recursive: true });
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, place);
  await page.getByRole('contentinfo').getByRole('button', { name: words.train.stopped.ways.room.do }).click();
  await expectFurtherThan(page, before);
});
