/** A process of its own that trains the toy model in a folder and tells each event as a line; for tests that kill it. */
import { toyRecipe, toyRun } from './toy-run.ts';
import { toySession } from './toy-session.ts';
import { train } from '../train.ts';

const [runFolder = '', resume] = process.argv.slice(2);
const session = toySession({ beforePack: () => new Promise((resolve) => setTimeout(resolve, 2)) });
await using run = await toyRun({ session });
const recipe = { ...toyRecipe, epochs: 30, checkpointEvery: 3 };
for await (const event of train({ ...run.job, recipe, runFolder, resume: resume === 'resume' }, run.deps)) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
