/** Installing: without Ollama, with one that is started later, dies, comes back, and is real where there is one. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { errors } from '../../renderer/copy/errors.ts';
import { words } from '../../renderer/copy/index.ts';
import { fakeOllama } from '../support/ollama-fake.ts';
import {
  button,
  chooseModel,
  colours,
  heading,
  openStep,
  pasteExamples,
  startProject,
  train,
} from './support/journey.ts';
import { alteringOllama, freePort, hasOwnOllama, placeProgram, realOllama } from './support/ollama.ts';
import { expect, test } from './support/world.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-install-'));
const bin = path.join(scratch, 'bin');
const port = await freePort();
test.use({
  model: 'tiny',
  actionTimeout: 60_000,
  appEnv: { OLLAMA_HOST: `127.0.0.1:${port}`, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
});
test.afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

const bar = (page: Page) => page.getByRole('contentinfo');
const name = (page: Page) => page.getByRole('textbox', { name: words.install.name });

test('Ollama missing, started from here, dying mid-install, back again, and whether it agrees', async ({ world }) => {
  test.setTimeout(15 * 60_000);
  const real = await realOllama(scratch);
  const page = () => world.page;

  await test.step('a trained model', async () => {
    await startProject(page());
    await page().getByRole('textbox', { name: words.shell.rename }).fill('Colours');
    await page().keyboard.press('Enter');
    await chooseModel(page(), 'Tiny llama');
    await openStep(page(), 'examples');
    await pasteExamples(page(), colours, 60);
    await openStep(page(), 'train');
    await train(page());
    await openStep(page(), 'install');
    await expect(heading(page(), words.install.title)).toBeVisible();
  });

  await test.step('without Ollama: it says so, says where to get it, and saves the files', async () => {
    const state = hasOwnOllama() ? words.install.states.stopped() : words.install.states.missing();
    await expect(page().getByText(state).first()).toBeVisible();
    await expect(button(page(), words.install.start)).toBeDisabled();
    await world.choosePath(world.home, async () => button(page(), words.install.saveFiles).click());
    await expect(page().getByRole('heading', { name: words.install.saved })).toBeVisible({ timeout: 120_000 });
    const folder = path.join(world.home, 'colours');
    expect(readdirSync(folder).some((file) => file.endsWith('.gguf'))).toBe(true);
    expect(readFileSync(path.join(folder, 'Modelfile'), 'utf8')).toMatch(/PARAMETER temperature 0\.2/);
  });

  await test.step('what will be written is shown, in words and as it is', async () => {
    await expect(page().getByText(words.install.repeatWhy)).toBeVisible();
    await button(page(), words.install.expert).click();
    await expect(page().getByLabel(words.install.modelfile)).toContainText('PARAMETER repeat_penalty 1.1');
  });

  if (real !== undefined && !hasOwnOllama()) {
    await test.step('installed but not running: it is started from here', async () => {
      const program = placeProgram(bin, real.binary);
      await expect(page().getByText(words.install.states.stopped())).toBeVisible();
      await button(page(), words.install.startOllama).click();
      await expect(page().getByText(/Ollama [\d.]+ is running/)).toBeVisible({ timeout: 30_000 });
      program.end();
      await expect(page().getByText(words.install.states.missing())).toBeVisible();
    });
  }

  await test.step('one that dies in the middle of the copy is an error that can be tried again', async () => {
    await using dying = await fakeOllama({ dieAtByte: 1000, deaths: 99 }, port);
    await expect(page().getByText(/Ollama [\d.]+ is running/)).toBeVisible();
    await name(page()).fill('not a name!');
    await expect(page().getByText(/which Ollama does not allow/)).toBeVisible();
    await name(page()).fill('colours');
    await expect(page().getByText(words.install.isFree('colours'))).toBeVisible();
    await button(page(), words.install.start).click();
    await expect(page().getByText(`${errors['ollama-interrupted'].title}.`)).toBeVisible({ timeout: 60_000 });
    expect(dying.complaints).toEqual([]);
    await world.reload();
    await expect(page().getByText(`${errors['ollama-interrupted'].title}.`)).toBeVisible();
    await expect(button(page(), words.ui.again)).toBeVisible();
  });

  if (real === undefined) {
    await test.step('the next one takes the model; it cannot be compared with this stand-in', async () => {
      await using fake = await fakeOllama({}, port);
      await button(page(), words.ui.again).click();
      await expect(heading(page(), words.install.titleDone('colours'))).toBeVisible({ timeout: 60_000 });
      expect(fake.created).toHaveLength(1);
    });
    return;
  }

  let server = await real.start(port);
  try {
    await test.step('tried again with a real one: installed, and compared', async () => {
      await expect(page().getByText(/Ollama [\d.]+ is running/)).toBeVisible();
      await button(page(), words.ui.again).click();
      await expect(heading(page(), words.install.titleDone('colours'))).toBeVisible({ timeout: 180_000 });
      await expect(page().getByRole('heading', { name: /\d of \d answers? agree/ })).toBeVisible({ timeout: 180_000 });
      await expect(page().getByText('ollama run colours')).toBeVisible();
    });

    await test.step('a reload and a restart find it so', async () => {
      await world.reload();
      await expect(heading(page(), words.install.titleDone('colours'))).toBeVisible();
      await world.restart();
      await openStepOf(page());
      await expect(heading(page(), words.install.titleDone('colours'))).toBeVisible();
      await expect(page().getByRole('heading', { name: /\d of \d answers? agree/ })).toBeVisible();
    });

    await test.step('a name that is taken is offered with a number, or replaced on demand', async () => {
      await button(page(), words.install.another).click();
      await name(page()).fill('Colours');
      await expect(button(page(), words.install.useFree('Colours-2'))).toBeVisible();
      await expect(bar(page()).getByRole('button', { name: words.install.start })).toBeDisabled();
      await page().getByRole('checkbox').check();
      await button(page(), words.install.startReplacing).click();
      await expect(page().getByRole('heading', { name: /\d of \d answers? agree/ })).toBeVisible({ timeout: 180_000 });
    });

    await test.step('one that shows the model another text: it says so and what to do, and that puts it right', async () => {
      await server.stop();
      server = await real.start(await freePort());
      await using _between = await alteringOllama(port, server);
      await button(page(), words.install.another).click();
      await name(page()).fill('Colours');
      await page().getByRole('checkbox').check();
      await button(page(), words.install.startReplacing).click();
      await expect(page().getByRole('heading', { name: /^Only 0 of \d agree$/ })).toBeVisible({ timeout: 180_000 });
      await expect(page().getByText(words.install.differing.text.title)).toBeVisible();
      await expect(page().getByText(words.install.differing.text.next)).toBeVisible();
      await expect(page().getByText(words.install.different, { exact: true }).first()).toBeVisible();
      await button(page(), words.install.checkAgain).click();
      await expect(page().getByRole('heading', { name: /^Only 0 of \d agree$/ })).toBeVisible({ timeout: 180_000 });
      await world.reload();
      await expect(page().getByText(words.install.differing.text.title)).toBeVisible();
    });

    await test.step('installed again where nothing alters it, it agrees', async () => {
      await server.stop();
      server = await real.start(port);
      await button(page(), words.install.again).click();
      await expect(page().getByRole('heading', { name: /^(\d) of \1 answers? agree/ })).toBeVisible({
        timeout: 180_000,
      });
    });

    await test.step('gone again: said in words, and nothing is lost', async () => {
      await server.kill();
      await button(page(), words.install.remove).click();
      await button(page(), words.install.removeYes).click();
      await expect(page().getByRole('alert').first()).toBeVisible();
      await expect(heading(page(), /is in Ollama/)).toBeVisible();
      server = await real.start(port);
    });

    await test.step('removed from Ollama', async () => {
      await button(page(), words.install.remove).click();
      await button(page(), words.install.removeYes).click();
      await expect(heading(page(), words.install.title)).toBeVisible({ timeout: 30_000 });
      const answer = (await (await fetch(`http://127.0.0.1:${port}/api/tags`)).json()) as { models: unknown[] };
      expect(answer.models).toEqual([]);
    });
  } finally {
    await server.stop();
  }
  expect(existsSync(path.join(world.home, 'colours', 'Modelfile'))).toBe(true);
});

/** After a restart the window is at home. */
async function openStepOf(page: Page): Promise<void> {
  if (!page.url().endsWith('/install')) {
    await page.getByRole('link', { name: 'Colours' }).first().click();
    await openStep(page, 'install');
  }
}
