import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });

test('first launch: the window draws, the wizard opens, and a reload and a restart come back to it', async ({
  world,
}) => {
  await expect(world.page).toHaveTitle(/Tunesmith/);
  await world.page.getByRole('button', { name: 'Start with my examples' }).click();
  await expect(world.page.getByRole('navigation', { name: 'Steps' })).toBeVisible();
  const heading = (await world.page.getByRole('heading', { level: 1 }).textContent())!;
  await world.reload();
  await expect(world.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  await world.restart();
  await expect(world.page.getByRole('heading', { level: 1 })).toBeVisible();
});
