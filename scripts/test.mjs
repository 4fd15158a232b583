// `npm test`: sets the checkout up, then runs every suite (scripts/run-suites.ts) under Node 24.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { exitWithMessageOnError, root, setUp } from './setup.mjs';

const node = exitWithMessageOnError(setUp);
const run = spawnSync(node, [join(root, 'scripts', 'run-suites.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  // As npm itself does: tests that start `node` get the same one.
  env: {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
  },
});
process.exitCode = run.status ?? 1;
