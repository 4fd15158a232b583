/** The examples and their preview, by mouse and by keyboard alone: what goes in, what is wrong, what is read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { words } from '../../renderer/copy/index.ts';
import { workbookBytes } from '../support/tables.ts';
import { button, chooseModel, heading, next, startProject } from './support/journey.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });
// Long on a busy machine: axe alone takes seconds a look there.
test.setTimeout(15 * 60_000);

const copy = words.examples;
const lamps = Array.from({ length: 36 }, (_, n) => ({
  prompt: `How bright is lamp ${n}?`,
  completion: `${n * 40} lumen.`,
}));
const jsonLines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

async function toExamples(page: Page): Promise<void> {
  await startProject(page);
  await chooseModel(page, 'Tiny llama');
  await next(page, words.model.next, copy.title);
}

async function give(page: Page, ...files: string[]): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(files);
  await expect(button(page, copy.choose).first()).toBeVisible();
}

async function expectCount(page: Page, count: number): Promise<void> {
  await expect(page.locator('.all-examples .badge')).toContainText(String(count));
}

async function expectNoAxeViolations(page: Page): Promise<void> {
  // A toast that is about to go would be measured half transparent.
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))])).toEqual([]);
}

test('files, sheets, corrections, rejected rows, repairs and undo; nothing is lost on reload or restart', async ({
  world,
}) => {
  const { page, home } = world;
  await toExamples(page);
  const lines = path.join(home, 'lamps.jsonl');
  writeFileSync(
    lines,
    `${jsonLines([
      ...lamps,
      lamps[0]!,
      { prompt: 'Which lamp for a desk?', completion: 'The green one.' },
      { prompt: 'Which lamp for a desk?', completion: 'The brass one.' },
      { prompt: 'What opens the shop?', completion: 'The key is AKIAIOSFODNN7QWERTYA.' },
      { prompt: 'And now?', completion: '' },
    ])}\n{"prompt": "Broken", "completion": "off"\n`,
  );
  await give(page, lines);
  await expectCount(page, 40);
  const rejected = page.getByRole('region', { name: copy.rejected });
  await expect(rejected.getByRole('row', { name: /lamps\.jsonl, line 41 The answer is empty/ })).toBeVisible();
  await expect(rejected.getByRole('row', { name: /lamps\.jsonl, line 42 .*not valid JSON/ })).toBeVisible();
  await expect(rejected.locator('pre mark')).toHaveCount(1);
  await expect(rejected.locator('pre').last()).toContainText('{"prompt": "Broken", "completion": "off"');

  // Two answers to one question: choose.
  await page.locator('.doctor').getByRole('button', { name: copy.chooseOne }).click();
  const dialog = page.getByRole('dialog', { name: copy.contradictionTitle });
  await dialog.getByRole('radio', { name: /The brass one/ }).check();
  await dialog.getByRole('button', { name: copy.contradictionKeep }).click();
  await expect(dialog).toBeHidden();
  await expectCount(page, 39);

  // What the safe repairs do is said, then done; one Undo takes all back.
  await button(page, copy.fixSafe).click();
  const safe = page.getByRole('dialog', { name: copy.safeTitle });
  await expect(safe.getByText('Writes a placeholder in its place, in 1 example.')).toBeVisible();
  await safe.getByRole('button', { name: copy.safeDo }).click();
  await expect(safe).toBeHidden();
  await expectCount(page, 38);
  await page.getByRole('searchbox', { name: copy.search }).fill('removed]');
  await expectCount(page, 1);
  await page.getByRole('searchbox', { name: copy.search }).fill('');
  await button(page, copy.undo).last().click();
  await expectCount(page, 39);
  await button(page, copy.redo).click();
  await expectCount(page, 38);

  // A workbook with several sheets asks which one.
  const book = path.join(home, 'faq.xlsx');
  writeFileSync(
    book,
    await workbookBytes({
      Notes: [['About'], ['us']],
      Shop: [
        ['Question', 'Answer', 'Short'],
        ['When do you open?', 'At nine.', 'Nine.'],
        ['When do you close?', 'At six.', 'Six.'],
      ],
      Old: [
        ['Question', 'Answer'],
        ['Is it old?', 'Yes.'],
      ],
    }),
  );
  await give(page, book);
  const sheets = page.getByRole('dialog', { name: copy.sheetTitle('faq.xlsx') });
  await expect(sheets.getByRole('radio', { name: 'Shop' })).toBeChecked();
  await sheets.getByRole('radio', { name: 'Old' }).check();
  await sheets.getByRole('button', { name: copy.sheetUse }).click();
  await expectCount(page, 39);
  await button(page, copy.correctOf('faq.xlsx')).click();
  const correction = page.getByRole('dialog', { name: copy.correctTitle('faq.xlsx') });
  await correction.getByRole('combobox', { name: copy.sheet }).selectOption('Shop');
  await correction.getByRole('button', { name: copy.correctDo }).click();
  await expectCount(page, 40);
  await button(page, copy.correctOf('faq.xlsx')).click();
  await correction.getByRole('combobox', { name: copy.column.answer, exact: true }).selectOption('Short');
  await correction.getByRole('button', { name: copy.correctDo }).click();
  await expect(page.getByRole('region', { name: copy.files }).getByText('Question → Short')).toBeVisible();

  // A folder of paired files, handed over together.
  const folder = path.join(home, 'pairs');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'a.prompt.txt'), 'What is a lumen?');
  writeFileSync(path.join(folder, 'a.answer.txt'), 'A measure of light.');
  await page.locator('input[type=file]').nth(1).setInputFiles(folder);
  await expectCount(page, 41);

  await world.reload();
  await expectCount(world.page, 41);
  await button(world.page, copy.undo).last().click();
  await expectCount(world.page, 40);
  // Written a moment after the change.
  await world.page.waitForTimeout(1500);
  const place = await world.page.evaluate(() => location.hash);
  await world.restart();
  await expect(heading(world.page)).toBeVisible();
  await world.page.evaluate((hash) => (location.hash = hash), place);
  await expectCount(world.page, 40);
});

test('what was typed into a dialog is there after a reload, until it is used', async ({ world }) => {
  await toExamples(world.page);
  const dialog = () => world.page.getByRole('dialog', { name: copy.pasteTitle });
  const text = () => dialog().getByLabel(copy.pasteText);
  await button(world.page, copy.paste).click();
  await text().fill(jsonLines(lamps));
  await world.reload();
  await expect(text()).toHaveValue(jsonLines(lamps));
  await world.page.keyboard.press('Escape');
  await expect(dialog()).toBeHidden();
  await button(world.page, copy.paste).click();
  await expect(text()).toHaveValue(jsonLines(lamps));
  await dialog().getByRole('button', { name: copy.pasteRead }).click();
  await expectCount(world.page, lamps.length);
  await button(world.page, copy.paste).click();
  await expect(text()).toHaveValue('');
});

test('paste, type, edit, remove, search and preview by keyboard alone', async ({ world }) => {
  const { page } = world;
  await toExamples(page);
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focusBy = async (name: string): Promise<void> => {
    for (let turn = 0; turn < 60; turn += 1) {
      const label = await page.evaluate(() => {
        const at = document.activeElement;
        return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
      });
      if (label.trim() === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`"${name}" cannot be reached by Tab`);
  };
  await focusBy(copy.paste);
  await press('Enter');
  await page.keyboard.insertText(jsonLines(lamps));
  await press('Control+Enter');
  await expectCount(page, 36);

  await focusBy(copy.type);
  await press('Enter');
  await expect(page.getByRole('dialog', { name: copy.addTitle })).toBeVisible();
  await page.keyboard.type('Typed?');
  await press('Tab');
  await page.keyboard.type('Yes.');
  await press('Control+Enter');
  await expectCount(page, 37);

  await page.locator('.vbox').focus();
  await press('End', 'e');
  const editor = page.getByRole('dialog', { name: copy.editTitle(37) });
  await expect(editor).toBeVisible();
  await press('End');
  await page.keyboard.type(' Changed?');
  await press('Control+Enter');
  await expect(editor).toBeHidden();
  await expect(page.locator('.vrow.at')).toContainText('Typed? Changed?');
  await expect(page.locator('.vbox')).toBeFocused();

  // In the cells themselves.
  const cell = (name: string) => page.getByRole('textbox', { name: copy.cellOf(name, 37) });
  await press('End', 'F2');
  await expect(cell(copy.question)).toBeFocused();
  await page.keyboard.type(' Twice?');
  await press('Tab');
  await expect(cell(copy.answer)).toBeFocused();
  await expect(cell(copy.answer)).toHaveValue('Yes.');
  await press('Shift+Enter');
  await page.keyboard.type('And no.');
  await press('Enter');
  await expect(page.locator('.vbox')).toBeFocused();
  await expect(page.locator('.vrow.at')).toContainText('Typed? Changed? Twice?');
  await expect(page.locator('.vrow.at')).toContainText('And no.');
  await press('Enter');
  await page.keyboard.type(' not this');
  await press('Escape');
  await expect(page.locator('.vbox')).toBeFocused();
  await expect(page.locator('.vrow.at')).not.toContainText('not this');
  await press('Enter', 'Control+a', 'Delete', 'Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  await press('Escape');
  await page.locator('.vrow.at .cell').last().dblclick();
  await expect(cell(copy.answer)).toHaveValue('Yes.\nAnd no.');
  await press('Escape');
  await press('Home', 'j', 'Delete');
  await expectCount(page, 36);
  await press('Control+z');
  await expectCount(page, 37);
  await press('/');
  await page.keyboard.type('Changed');
  await expectCount(page, 1);

  await press('Escape');
  await page.getByRole('searchbox').fill('');
  await press('Control+Enter');
  await expect(heading(page, words.preview.title)).toBeVisible();
  const tokens = page.getByRole('group', { name: words.preview.tokens });
  await expect(tokens.locator('.tok.l').first()).toBeVisible();
  await press('j');
  await expect(page.locator('.exi.sel')).toContainText('lamp 1?');
  await tokens.focus();
  await press('ArrowRight');
  await expect(page.getByRole('tooltip')).toContainText(words.preview.explain.read);
  const first = await tokens.locator('.tok:not(.l)').count();
  for (let turn = 0; turn < first; turn += 1) await press('ArrowRight');
  await expect(page.getByRole('tooltip')).toContainText(words.preview.explain.first);
  await press('Escape', 'Alt+ArrowLeft');
  await expect(heading(page, copy.title)).toBeVisible();
});

test('long examples: cut off is shown, explained and mended', async ({ world }) => {
  const { page, home } = world;
  await toExamples(page);
  const file = path.join(home, 'long.jsonl');
  const long = Array.from({ length: 400 }, (_, n) => `line ${n} of a long answer`).join('\n');
  writeFileSync(file, jsonLines([...lamps, { prompt: 'A long one?', completion: long }]));
  await give(page, file);
  await expectCount(page, 37);
  await next(page, copy.next, words.preview.title);
  await page.getByRole('combobox', { name: words.preview.filter }).selectOption('cut');
  await expect(page.getByText(words.preview.cutHere)).toBeVisible();
  await expect(page.locator('.tok.c').last()).toBeVisible();
  // Folded in its middle: some hundred marks exist, not thousands.
  expect(await page.locator('.tok').count()).toBeLessThan(900);
  await button(page, words.preview.leaveCut('1')).click();
  await expect(page.getByText(words.preview.cutHere)).toBeHidden();
  await expect(page.getByRole('combobox', { name: words.preview.filter })).toContainText('36');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on Examples and Preview, ${colorScheme}`, async ({ world }) => {
    const { page, home } = world;
    await page.emulateMedia({ colorScheme });
    await toExamples(page);
    await expectNoAxeViolations(page);
    const file = path.join(home, 'a.csv');
    const rows = lamps.map(({ prompt, completion }) => `${prompt},${completion}`);
    writeFileSync(file, ['question,answer', ...rows, rows[0], 'How bright is lamp 1?,Very.', 'x,'].join('\n'));
    await give(page, file);
    await expect(page.locator('.doctor .find').first()).toBeVisible();
    await expectNoAxeViolations(page);
    for (const open of [copy.paste, copy.type, copy.correctOf('a.csv'), copy.fixSafe]) {
      await button(page, open).click();
      await expectNoAxeViolations(page);
      await page.keyboard.press('Escape');
    }
    await page.locator('.doctor').getByRole('button', { name: copy.chooseOne }).click();
    await expect(page.getByRole('radio').first()).toBeVisible();
    await expectNoAxeViolations(page);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 960, height: 640 });
    await expectNoAxeViolations(page);
    await next(page, copy.next, words.preview.title);
    await expect(page.locator('.tok.l').first()).toBeVisible();
    await expectNoAxeViolations(page);
  });
}
