/** A training and the desktop around it: closing, quitting, and the death of the engine. */
import { words } from '../../../renderer/copy/index.ts';
import { button, heading } from '../support/journey.ts';
import { startLongTraining } from '../support/long-training.ts';
import { expect, test, type Shell } from './shell.ts';

/** Answers the question by the number of its button, and keeps what was asked. */
async function answerWith({ now: { app } }: Shell, response: number): Promise<void> {
  await app.evaluate(({ dialog }, number) => {
    const kept = globalThis as unknown as { asked: number };
    kept.asked ??= 0;
    dialog.showMessageBox = (() => {
      kept.asked += 1;
      return Promise.resolve({ response: number, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  }, response);
}

test.setTimeout(10 * 60_000);
// A hidden window draws nothing, and a picture of it would be waited for without end.
test.use({ screenshot: 'off', trace: 'off' });

const close = ({ now: { app } }: Shell) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close());
const isVisible = ({ now: { app } }: Shell) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible());
const asked = ({ now: { app } }: Shell) => app.evaluate(() => (globalThis as unknown as { asked?: number }).asked ?? 0);

test('closing while it trains asks: cancel, in the background, or pause and quit', async ({ shell }) => {
  const { page } = shell.now;
  await startLongTraining(page);

  await answerWith(shell, 2);
  await close(shell);
  await expect.poll(() => asked(shell)).toBe(1);
  expect(await isVisible(shell)).toBe(true);

  const progress = () =>
    page.evaluate(() => document.querySelector('[role=progressbar]')?.getAttribute('aria-valuetext') ?? '');
  await expect.poll(progress, { timeout: 180_000 }).toMatch(/update \d/);
  const before = await progress();
  await answerWith(shell, 0);
  await close(shell);
  await expect.poll(() => isVisible(shell)).toBe(false);
  await expect.poll(progress, { timeout: 180_000 }).not.toBe(before);
  expect(await isVisible(shell)).toBe(false);
  await shell.now.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.show());

  await answerWith(shell, 1);
  const ended = shell.now.app.waitForEvent('close');
  await close(shell).catch(() => {});
  await ended;

  const { page: again } = await shell.start();
  await again
    .getByRole('link', { name: words.home.runNumber(1) })
    .first()
    .waitFor();
  await expect(again.getByText(words.runs.phase.paused).first()).toBeVisible();
});

test('a killed engine is a plain message, and the training can go on', async ({ shell }) => {
  const { page } = shell.now;
  await startLongTraining(page);
  const stopped = page.getByRole('heading', { name: words.train.stopped.safe });
  // Once it has saved something it is started again by itself, as often as three times.
  await expect
    .poll(
      async () => {
        await killEngines(shell);
        return stopped.isVisible();
      },
      { timeout: 180_000, intervals: [100] },
    )
    .toBe(true);
  await expect(heading(page, words.train.stopped.titles['process-died']!)).toBeVisible();
  await expect(page.getByText(/^The training engine was ended from outside/).first()).toBeVisible();
  await button(page, words.train.stopped.ways.again.do).click();
  await expect(heading(page, words.train.titles.training)).toBeVisible({ timeout: 180_000 });

  // The system ends it: no question, which nobody would answer, but a pause.
  await answerWith(shell, 2);
  await shell.now.quit();
  const { page: again } = await shell.start();
  await expect(again.getByText(words.runs.phase.paused).first()).toBeVisible();
});

async function killEngines({ now }: Shell): Promise<void> {
  for (const { kind, pid } of await now.children()) {
    if (kind !== 'engine') continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended already.
    }
  }
}
