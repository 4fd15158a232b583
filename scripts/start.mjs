// `npm start`: sets the checkout up, then starts Tunesmith. Until the window exists that is the command line and its help;
// what stands after `npm start --` is passed on to it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { exitWithMessageOnError, root, setUp } from './setup.mjs';

const node = exitWithMessageOnError(setUp);
const args = process.argv.slice(2);
if (args.length === 0) {
  console.log('Tunesmith has no window yet: this is its command line. Use it as  npm run -s tunesmith -- COMMAND …\n');
}
const run = spawnSync(node, [join(root, 'main', 'app', 'cli.ts'), ...(args.length === 0 ? ['--help'] : args)], {
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
