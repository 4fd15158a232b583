import { expect, type Page } from '@playwright/test';
import { words } from '../../../renderer/copy/index.ts';
import {
  ask,
  button,
  chooseModel,
  colours,
  heading,
  next,
  openStep,
  pasteExamples,
  shrink,
  startProject,
} from './journey.ts';
import type { World } from './world.ts';

/** Something to look at: a screen, or a dialog over it. */
export interface Stop {
  readonly name: string;
  readonly page: Page;
  /** While it stands open the screen below counts for nothing. */
  readonly isDialog: boolean;
}

type Visit = (stop: Stop) => Promise<void>;

/** Two rows that cannot be read, one copy, and two answers to one question: what the screen of examples has to say something about. */
const flawed = `${colours}
# INPUT
Say red 0
# OUTPUT
blue

# INPUT
Say blue 1
# OUTPUT
violet

# INPUT
What is your key?
# OUTPUT
sk-ant-api03-aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789aBcDeFgHiJkLmNoPqRsTu-aBcDeFAA
`;

/** What is taught on the way. */
export interface Subject {
  readonly title: string;
  readonly model: string;
  readonly examples: string;
  readonly count: number;
  readonly question: string;
  /** What a right answer matches. */
  readonly pattern?: string;
  /** Overrides the passes of the preset; the training is ended early. */
  readonly passes?: number;
  /** Does the model end its answers by itself? */
  readonly stops: boolean;
  /** Questions of the taste test, one a pair. */
  readonly tastes: readonly string[];
  /** Where given: the model is also installed, in a real Ollama that this starts. */
  readonly withOllama?: () => Promise<void>;
}

/** So many passes that it still trains when it has been looked at; then the best version is kept. */
export const tinySubject: Subject = {
  title: 'Colours',
  model: 'Tiny llama',
  examples: flawed,
  count: 63,
  question: 'Say red 3',
  passes: 100,
  stops: false,
  tastes: ['Say teal 1'],
};

/** Nothing of it is an example. */
const prose = 'Lamps give light.\n\nThey have done so for a long time.';

/** Three that can be read; a copy, two answers to one question, a key, and a row that breaks off. */
const withFaults = [
  '{"prompt": "Which lamp for a desk?", "completion": "The green one."}',
  '{"prompt": "Which lamp for a desk?", "completion": "The brass one."}',
  '{"prompt": "What opens the shop?", "completion": "The key is AKIAIOSFODNN7QWERTYA."}',
  '{"prompt": "What opens the shop?", "completion": "The key is AKIAIOSFODNN7QWERTYA."}',
  '{"prompt": "Which lamp for a hall?", "completion": ""}',
  '{"prompt": "Which lamp for a bed?", "completion" "The small one."}',
].join('\n');

/** Goes through every screen and the dialogs of the app, with a real training on the way, and shows each to `visit`. */
export async function tour(world: World, visit: Visit, subject: Subject = tinySubject): Promise<void> {
  const { page } = world;
  const screen = (name: string): Promise<void> => visit({ name, page, isDialog: false });
  const dialog = async (name: string): Promise<void> => {
    await expect(page.getByRole('dialog')).toBeVisible();
    await visit({ name, page, isDialog: true });
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  };

  await screen('welcome');
  await startProject(page);
  await expect(page.getByRole('radio').first()).toBeVisible();
  await screen('model');
  await page.getByRole('tab', { name: words.model.fromFile }).click();
  await screen('model-file');
  await page.getByRole('tab', { name: words.model.catalogue }).click();
  await page.getByRole('textbox', { name: words.shell.rename }).fill(subject.title);
  await page.keyboard.press('Enter');
  await chooseModel(page, subject.model);
  await screen('model-chosen');
  await next(page, words.model.next, words.examples.title);

  await screen('examples-empty');
  await button(page, words.examples.paste).click();
  await dialog('examples-paste');
  await button(page, words.examples.type).click();
  await dialog('examples-type');
  await paste(page, prose);
  await expect(page.getByText(`${words.examples.failedTitle}.`).or(page.getByRole('alert')).first()).toBeVisible();
  await screen('examples-refused');
  await paste(page, withFaults);
  await expect(page.getByRole('region', { name: words.examples.rejected })).toBeVisible();
  await expect(page.locator('.doctor[aria-busy=false] .find').first()).toBeVisible();
  await screen('examples-flawed');
  await button(page, words.examples.undo).last().click();
  await expect(page.locator('.all-examples')).toBeHidden();
  // The file that gave nothing goes too.
  await button(page, words.examples.undo).last().click();
  await expect(page.getByRole('region', { name: words.examples.files })).toBeHidden();
  await pasteExamples(page, subject.examples, subject.count);
  await expect(page.getByText(words.examples.doctorBusy)).toBeHidden();
  await screen('examples');
  await next(page, words.examples.next, words.preview.title);

  // The engine starts and reads the model first.
  await expect(page.getByText(/tokens to learn in one pass/)).toBeVisible({ timeout: 120_000 });
  await screen('preview');
  await next(page, words.preview.next, words.train.title);

  if (subject.pattern !== undefined) {
    await page.getByRole('combobox', { name: words.train.right }).selectOption('regex');
    await page.getByRole('textbox', { name: words.train.pattern }).fill(subject.pattern);
    await page.keyboard.press('Enter');
  }
  await page.getByRole('radio', { name: new RegExp(words.train.presets.quick[0]) }).click();
  await expect(page.getByText(words.train.rehearsing)).toBeHidden({ timeout: 60_000 });
  await screen('train-before');
  await button(page, new RegExp(words.train.expert)).click();
  if (subject.passes !== undefined) {
    const passes = page.getByRole('dialog').getByLabel(words.knobs.labels.epochs[1]);
    await passes.fill(String(subject.passes));
    await passes.press('Enter');
  }
  await dialog('train-expert');
  await expect(button(page, words.train.begin)).toBeEnabled({ timeout: 120_000 });
  await button(page, words.train.begin).click();
  await expect(heading(page, words.train.titles.training)).toBeVisible({ timeout: 60_000 });
  // From the first check on there is something to keep.
  await expect(button(page, words.train.finishEarly)).toBeVisible({ timeout: 400_000 });
  await screen('training');
  await button(page, words.train.cancel).click();
  await dialog('train-cancel');
  await button(page, words.train.pause).click();
  await expect(heading(page, words.train.titles.paused)).toBeVisible({ timeout: 60_000 });
  await screen('train-paused');
  const keep = button(page, new RegExp(words.train.keep(0).replace('0', String.raw`\d+`)));
  await (subject.passes === undefined ? button(page, words.train.resume) : keep).click();
  await expect(heading(page, words.train.titles.trained)).toBeVisible({ timeout: 600_000 });
  await screen('trained');
  await next(page, words.train.next, words.shrink.title);

  await screen('shrink-before');
  await shrink(page);
  await screen('shrink');
  await next(page, words.shrink.next, words.install.title);
  await screen('install-without-ollama');
  if (subject.withOllama !== undefined) await installed(page, subject.withOllama, screen);
  await next(page, words.install.next, words.compare.title);

  await screen('compare-empty');
  await ask(page, subject.question, { stop: !subject.stops });
  await screen('compare');
  await button(page, words.compare.fix).click();
  await dialog('compare-fix');
  await page.getByRole('tab', { name: words.compare.blind }).click();
  await screen('compare-blind');
  await taste(page, subject, screen);
  await page.getByRole('tab', { name: words.compare.forgetting }).click();
  await screen('compare-forgetting');

  await openStep(page, 'train');
  await page.getByRole('link', { name: words.shell.allRuns }).click();
  await expect(heading(page, words.home.title)).toBeVisible();
  await screen('home');
  await page.getByRole('link', { name: words.home.runNumber(1) }).click();
  await expect(page.getByText(words.runs.facts.dataPrint, { exact: true })).toBeVisible();
  await screen('run');
  await button(page, words.runs.more).click();
  await page.getByRole('menuitem', { name: words.runs.delete }).click();
  await dialog('run-delete');
  await page.getByRole('link', { name: words.shell.settings }).click();
  await expect(heading(page, words.settings.title)).toBeVisible();
  await screen('settings');
}

async function paste(page: Page, text: string): Promise<void> {
  await button(page, words.examples.paste).click();
  const dialog = page.getByRole('dialog', { name: words.examples.pasteTitle });
  await dialog.getByLabel(words.examples.pasteText).fill(text);
  await dialog.getByRole('button', { name: words.examples.pasteRead }).click();
  await expect(dialog).toBeHidden();
}

type Show = (name: string) => Promise<void>;

/** The answer that is right is the better one; where none or both are, neither is. */
async function taste(page: Page, { tastes, pattern }: Subject, screen: Show): Promise<void> {
  await page.getByRole('spinbutton', { name: words.compare.howMany }).fill(String(tastes.length));
  await page.getByRole('textbox', { name: words.compare.own }).fill(tastes.join('\n'));
  await button(page, words.compare.begin).click();
  await expect(heading(page, words.compare.blindTitle)).toBeVisible({ timeout: 300_000 });
  await screen('compare-blind-vote');
  const isRight = async (letter: string): Promise<boolean> => {
    const answer = await page.getByRole('group', { name: words.compare.answerOf(letter) }).textContent();
    return pattern !== undefined && new RegExp(pattern).test(answer?.trim() ?? '');
  };
  for (let number = 1; number <= tastes.length; number += 1) {
    await expect(page.getByText(words.compare.progress(number, tastes.length)).first()).toBeVisible();
    const [a, b] = [await isRight('A'), await isRight('B')];
    await page.keyboard.press(a === b ? '4' : a ? '1' : '2');
  }
  await expect(heading(page, words.compare.blindTitle)).toBeHidden();
  await expect(button(page, words.compare.again)).toBeVisible();
  await screen('compare-verdict');
}

async function installed(page: Page, startOllama: () => Promise<void>, screen: Show): Promise<void> {
  await startOllama();
  await expect(page.getByText(/Ollama [\d.]+ is running/)).toBeVisible();
  await screen('install');
  await button(page, words.install.start).click();
  await expect(heading(page, /is in Ollama/)).toBeVisible({ timeout: 180_000 });
  await expect(page.getByRole('heading', { name: /\d of \d answers? agree/ })).toBeVisible({ timeout: 180_000 });
  await screen('installed');
}
