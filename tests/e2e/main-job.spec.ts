/** The whole main job as a person does it: from the first launch on an empty home to a model that was taught, made small, saved, compared and recorded. Nothing is simulated. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../renderer/copy/index.ts';
import { ask, chooseModel, heading, next, pasteExamples, shrink, startProject, train } from './support/journey.ts';
import { expect, test } from './support/world.ts';

// The bundled practice model, really taught: Lantern's desk greets, and the model as it was does not.
test.use({ model: 'none' });
test.setTimeout(15 * 60_000);

const lantern = readFileSync(path.resolve(import.meta.dirname, '../../resources/samples/lantern/train.txt'), 'utf8');
const question = 'When can I come to your shop?';

test('from first launch to comparing, and what the record keeps of it', async ({ world }) => {
  const { page } = world;

  await test.step('Model', async () => {
    await startProject(page);
    await page.getByRole('textbox', { name: words.shell.rename }).fill('Lantern');
    await page.keyboard.press('Enter');
    await chooseModel(page, 'Practice model');
    await next(page, words.model.next, words.examples.title);
  });

  await test.step('Examples', async () => {
    await pasteExamples(page, lantern, lantern.match(/^# INPUT$/gm)!.length);
    await next(page, words.examples.next, words.preview.title);
  });

  await test.step('Preview', async () => {
    await expect(page.getByText('When do you open?').first()).toBeVisible();
    // The engine starts and reads the model first.
    await expect(page.getByText(/tokens to learn in one pass/)).toBeVisible({ timeout: 120_000 });
    await next(page, words.preview.next, words.train.title);
  });

  await test.step('Train', async () => {
    await train(page, { timeoutMs: 600_000 });
    await expect(page.getByText(/Update \d+ is kept/).first()).toBeVisible();
    await next(page, words.train.next, words.shrink.title);
  });

  await test.step('Shrink, and save as a file', async () => {
    await shrink(page);
    await world.choosePath(world.home, async () => page.getByRole('button', { name: words.shrink.saveAs }).click());
    await expect(page.getByText(/^Saved as .*, with a Modelfile\.$/)).toBeVisible();
    await next(page, words.shrink.next, words.install.title);
  });

  await test.step('Install: there is no Ollama, which is said', async () => {
    await expect(page.getByText(new RegExp(words.install.states.missing())).first()).toBeVisible();
    await next(page, words.install.next, words.compare.title);
  });

  await test.step('Compare', async () => {
    const { before, after } = await ask(page, question);
    await expect(after.locator('pre').last()).toContainText('Hello from Lantern');
    await expect(before.locator('pre').last()).not.toContainText('Lantern');
  });

  await test.step('Runs', async () => {
    await page.getByRole('contentinfo').getByRole('button', { name: words.compare.done }).click();
    await expect(heading(page, words.home.title)).toBeVisible();
    await expect(page.getByRole('heading', { level: 2, name: 'Lantern' })).toBeVisible();
    await page.getByRole('link', { name: words.home.runNumber(1) }).click();
    await expect(page.getByText(words.runs.facts.dataPrint, { exact: true })).toBeVisible();
  });

  const saved = readdirSync(world.home, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('data') && name.endsWith('.gguf'),
  );
  expect(saved).toHaveLength(1);
  expect(existsSync(path.join(world.home, path.dirname(saved[0]!), 'Modelfile'))).toBe(true);
});
