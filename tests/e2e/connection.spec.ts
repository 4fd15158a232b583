/** What the window says while it has no connection. Web only: in Electron the window cannot outlive the app. */
import { words } from '../../renderer/copy/index.ts';
import { heading, startProject } from './support/journey.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });

test('Tunesmith has ended: it is said, and nothing can be typed into the void', async ({ world }) => {
  world.guard.allow(/ERR_CONNECTION_REFUSED|WebSocket/);
  const { page } = world;
  await startProject(page);
  process.kill(world.pid, 'SIGKILL');
  await expect(page.getByRole('alert')).toContainText(words.shell.losses.ended[0]);
  expect(await page.locator('.window').evaluate((element) => (element as HTMLElement).inert)).toBe(true);
});

test('a second window says that there is another one, and can take over; the first says so in turn', async ({
  world,
}) => {
  world.guard.allow(/409|WebSocket/);
  const { page } = world;
  await startProject(page);
  const second = await page.context().newPage();
  world.guard.watch(second);
  await second.goto(page.url());
  await expect(second.getByRole('alert')).toContainText(words.shell.losses.elsewhere[0]);
  await second.getByRole('button', { name: words.shell.useHere }).click();
  await expect(heading(second, words.model.title)).toBeVisible();
  await expect(page.getByRole('alert')).toContainText(words.shell.losses.elsewhere[0]);
  await second.close();
  // With the other one gone, the first goes on by itself.
  await expect(page.getByRole('alert')).toBeHidden();
  await expect(heading(page, words.model.title)).toBeVisible();
});
