/** The whole main job with the keyboard alone: the mouse is never touched. */
import { words } from '../../renderer/copy/index.ts';
import { button, colours, heading } from './support/journey.ts';
import { expectTitleFocus, tabTo } from './support/keyboard.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });
test.setTimeout(20 * 60_000);

test('every step by Tab, arrows, Enter and the shortcuts, with the focus in sight all the way', async ({ world }) => {
  const { page } = world;
  const { keyboard } = page;
  const dialog = page.getByRole('dialog');
  const pressPrimary = async (name: string): Promise<void> => {
    await expect(button(page, name)).toBeEnabled({ timeout: 60_000 });
    await keyboard.press('Control+Enter');
  };

  await test.step('Start: the skip link comes first', async () => {
    await keyboard.press('Tab');
    await expect(page.getByRole('link', { name: words.shell.skip })).toBeFocused();
    await keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
    await tabTo(page, button(page, words.home.start));
    await keyboard.press('Enter');
    await expectTitleFocus(page, words.model.title);
  });

  await test.step('Model', async () => {
    const tiny = page.getByRole('radio', { name: /Tiny llama/ });
    await expect(tiny).toBeVisible();
    // One tab stop for all models that are here; arrows choose among them.
    await tabTo(page, page.getByRole('radio'));
    await expect(async () => {
      if (!(await tiny.evaluate((element) => element === document.activeElement))) await keyboard.press('ArrowDown');
      await expect(tiny).toBeFocused({ timeout: 500 });
    }).toPass();
    await keyboard.press('Space');
    await expect(page.getByText(words.model.ready('Tiny llama'))).toBeVisible();
    await keyboard.press('Alt+ArrowRight');
    await expectTitleFocus(page, words.examples.title);
    await keyboard.press('Alt+ArrowLeft');
    await expectTitleFocus(page, words.model.title);
    await keyboard.press('Control+2');
    await expectTitleFocus(page, words.examples.title);
  });

  await test.step('Examples: paste, type, undo, edit', async () => {
    await tabTo(page, button(page, words.examples.paste));
    await keyboard.press('Enter');
    await expect(dialog.getByLabel(words.examples.pasteText)).toBeFocused();
    await keyboard.insertText(colours);
    await tabTo(page, dialog.getByRole('button', { name: words.examples.pasteRead }));
    await keyboard.press('Enter');
    await expect(page.getByText(words.examples.matches('60'), { exact: true }).first()).toBeVisible();

    await tabTo(page, button(page, words.examples.type));
    await keyboard.press('Enter');
    await expect(dialog).toBeVisible();
    await keyboard.press('Escape');
    await expect(button(page, words.examples.type)).toBeFocused();

    const table = page.getByRole('grid', { name: words.examples.all });
    await tabTo(page, table);
    await keyboard.press('ArrowDown');
    await keyboard.press('e');
    await expect(dialog.getByRole('heading', { name: words.examples.editTitle(2) })).toBeVisible();
    await tabTo(page, dialog.getByRole('button', { name: words.examples.delete }));
    await keyboard.press('Enter');
    await expect(page.getByText(words.examples.matches('59'), { exact: true }).first()).toBeVisible();
    await keyboard.press('Control+z');
    await expect(page.getByText(words.examples.matches('60'), { exact: true }).first()).toBeVisible();
    await pressPrimary(words.examples.next);
    await expectTitleFocus(page, words.preview.title);
  });

  await test.step('Preview: examples and tokens by arrows', async () => {
    const list = page.getByRole('listbox', { name: words.examples.all });
    await tabTo(page, list);
    await keyboard.press('j');
    await expect(list.getByRole('option', { selected: true })).toContainText('Say blue 1');
    await tabTo(page, page.getByRole('group', { name: words.preview.tokens }));
    await keyboard.press('ArrowRight');
    await expect(page.getByRole('tooltip')).toBeVisible();
    await keyboard.press('Escape');
    await pressPrimary(words.preview.next);
    await expectTitleFocus(page, words.train.title);
  });

  await test.step('Train: preset, settings for experts, start', async () => {
    const quick = page.getByRole('radio', { name: new RegExp(words.train.presets.quick[0]) });
    const balanced = page.getByRole('radio', { name: new RegExp(words.train.presets.balanced[0]) });
    await tabTo(page, balanced);
    await keyboard.press('ArrowUp');
    await expect(quick).toBeChecked();
    const expert = button(page, new RegExp(words.train.expert));
    await tabTo(page, expert);
    await keyboard.press('Enter');
    await expect(dialog).toBeVisible();
    await keyboard.press('Escape');
    await expect(expert).toBeFocused();
    await pressPrimary(words.train.begin);
    await expect(heading(page)).toHaveText(/learn|ready/i, { timeout: 60_000 });
    await keyboard.press('?');
    await expect(dialog.getByRole('heading', { name: words.shortcuts.title })).toBeVisible();
    await keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(heading(page, words.train.titles.trained)).toBeVisible({ timeout: 240_000 });
    await pressPrimary(words.train.next);
    await expectTitleFocus(page, words.shrink.title);
  });

  await test.step('Shrink and Install', async () => {
    const make = button(page, words.shrink.make);
    await expect(make).toBeEnabled();
    await tabTo(page, make);
    await keyboard.press('Enter');
    await expect(page.getByText(words.shrink.measured).first()).toBeVisible({ timeout: 120_000 });
    await pressPrimary(words.shrink.next);
    await expectTitleFocus(page, words.install.title);
    await pressPrimary(words.install.next);
    await expectTitleFocus(page, words.compare.title);
  });

  await test.step('Compare: ask, stop, the other way of comparing', async () => {
    await tabTo(page, page.getByRole('textbox', { name: words.compare.ask }));
    await keyboard.type('Say red 3');
    await keyboard.press('Enter');
    const stop = button(page, words.compare.stop);
    await expect(stop).toBeVisible();
    await tabTo(page, stop);
    await keyboard.press('Enter');
    await expect(page.getByText(words.compare.answered)).toBeAttached({ timeout: 60_000 });
    await tabTo(page, page.getByRole('tab', { selected: true }));
    await keyboard.press('ArrowRight');
    await expectTitleFocus(page, words.compare.blindStartTitle);
  });

  await test.step('Runs', async () => {
    await keyboard.press('Control+0');
    await expectTitleFocus(page, words.home.title);
    const menu = button(page, words.home.moreFor(words.home.runNumber(1)));
    await tabTo(page, menu);
    await keyboard.press('Enter');
    await expect(page.getByRole('menuitem').first()).toBeFocused();
    await keyboard.press('Escape');
    await expect(menu).toBeFocused();
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await expect(page.getByText(words.runs.facts.dataPrint, { exact: true })).toBeVisible();
  });
});
