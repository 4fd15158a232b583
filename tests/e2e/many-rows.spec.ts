/** A hundred thousand rows: the window answers at once while they are read, scrolled through and searched. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../renderer/copy/index.ts';
import { button, chooseModel, next, startProject } from './support/journey.ts';
import { watchLatency, type Latencies } from './support/latency.ts';
import { expect, test } from './support/world.ts';

const rows = 100_000;
const mostMs = 100;
/** An idle page answers faster than this, unless the machine has no time for it. */
const idleMs = 48;
/** What else the machine does only ever adds time: a phase above the limit is measured again, so many times in all. */
const attempts = 3;

test.use({ model: 'tiny', actionTimeout: 120_000 });

test('importing, scrolling and searching 100,000 rows keeps input latency below 100 ms', async ({ world }) => {
  test.setTimeout(15 * 60_000);
  const { page, home } = world;
  const file = path.join(home, 'many.jsonl');
  writeFileSync(
    file,
    Array.from({ length: rows }, (_, n) =>
      JSON.stringify({
        question: `Question ${n}: which of the ${n % 97} lamps stands in room ${n % 1013}?`,
        answer: `Lamp ${n * 7} stands there.\n  It was bought in ${1900 + (n % 120)}, and its number is ${n * 31}.`,
      }),
    ).join('\n'),
  );
  await startProject(page);
  await chooseModel(page, 'Tiny llama');
  await next(page, words.model.next, words.examples.title);
  const during = await watchLatency(page);
  // A field that is always there.
  const title = page.getByRole('textbox', { name: words.shell.rename });
  const type = async (): Promise<void> => {
    await title.pressSequentially('ab ', { delay: 30 });
    await page.keyboard.press('Tab');
  };

  // The first keys of a page take longer: what answers them is made ready then.
  for (let turn = 0; turn < 3; turn += 1) await type();
  const idle = await during(async () => {
    for (let turn = 0; turn < 8; turn += 1) await type();
  });
  const isBusy = idle.worstMs > idleMs;
  const isWithin = ({ worstMs, workedMs }: Latencies): boolean => workedMs < mostMs && (isBusy || worstMs < mostMs);
  const measure = async (work: () => Promise<void>): Promise<Latencies> => {
    let best = await during(work);
    for (let attempt = 1; attempt < attempts && !isWithin(best); attempt += 1) best = least(best, await during(work));
    return best;
  };

  const all = page.getByText(words.examples.matches('100,000'), { exact: true }).first();
  let importMs = 0;
  const reading = await measure(async () => {
    if (await all.isVisible()) {
      await button(page, words.examples.undo).last().click();
      await expect(all).toBeHidden();
    }
    const startedAt = Date.now();
    await page.locator('input[type=file]').first().setInputFiles(file);
    await expect(button(page, words.examples.stop)).toBeVisible();
    while (await button(page, words.examples.stop).isVisible()) await type();
    importMs = Date.now() - startedAt;
    await expect(all).toBeVisible();
  });

  const list = page.locator('.vbox');
  const scrolling = await measure(async () => {
    await list.scrollIntoViewIfNeeded();
    await list.hover();
    for (let turn = 0; turn < 20; turn += 1) {
      await page.mouse.wheel(0, 3000 + turn * 400);
      await page.keyboard.press('Shift');
    }
    await list.focus();
    for (const key of ['End', 'PageUp', 'k', 'k', 'Home', 'j', 'j', 'PageDown', 'End']) await page.keyboard.press(key);
    await expect(page.locator('.vrow.at')).toContainText('Question 99999:');
  });
  // Rows that exist in the page, of 100,000 that exist in the list.
  expect(await page.locator('.vbox [role=row]').count()).toBeLessThan(60);

  const searching = await measure(async () => {
    const search = page.getByRole('searchbox', { name: words.examples.search });
    await search.pressSequentially('room 1012?', { delay: 25 });
    await expect(page.locator('.all-examples .badge')).toContainText('98');
    await search.fill('');
    await expect(page.locator('.all-examples .badge')).toContainText('100,000');
  });

  const doctorAt = Date.now();
  const examining = await during(async () => {
    await type();
    await expect(page.locator('.doctor[aria-busy=false]')).toBeVisible({ timeout: 8 * 60_000 });
  });

  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  say(`import of ${rows} rows: ${importMs} ms; doctor ready ${Date.now() - doctorAt} ms after the search`);
  const phases = { idle, reading, scrolling, searching, examining };
  for (const [name, { worstMs, events, heldMs, workedMs }] of Object.entries(phases)) {
    say(
      `${name}: slowest of ${events} inputs ${worstMs} ms; longest task ${heldMs} ms by the clock, ${workedMs} ms of work`,
    );
  }
  if (isBusy)
    say('The machine is too busy for an idle page: what is held below 100 ms is the work of the longest task.');
  const { idle: _, ...busyPhases } = phases;
  for (const [name, { worstMs, workedMs }] of Object.entries(busyPhases)) {
    expect(workedMs, `work of the longest task while ${name}`).toBeLessThan(mostMs);
    if (!isBusy) expect(worstMs, `latency while ${name}`).toBeLessThan(mostMs);
  }
});

/** Of two measurements of the same, the lower figures. */
function least(a: Latencies, b: Latencies): Latencies {
  const lower = (name: keyof Latencies): number => Math.min(a[name], b[name]);
  return {
    worstMs: lower('worstMs'),
    events: lower('events'),
    heldMs: lower('heldMs'),
    workedMs: lower('workedMs'),
  };
}
