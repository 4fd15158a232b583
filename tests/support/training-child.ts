/** A process of its own that trains a draft, so that a test can end it as a power cut would. Tells its parent of every step. */
import { openTestWindow } from './window.ts';

const [home = '', draft = ''] = process.argv.slice(2);
const { client } = openTestWindow(home);
const { preset, overrides, check } = await client.drafts.get({ id: draft });
const { run } = await client.training.start({ draft, preset, overrides, check });
for await (const { state } of client.training.watch({ run })) {
  process.send?.({ run, update: state.progress?.update ?? 0, checkpoint: state.progress?.checkpoint ?? null });
}
