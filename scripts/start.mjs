// `npm start`: sets the checkout up and shows what the command line can do. `npm start -- --web` serves the window, which is
// not finished yet, to a browser on this computer; `--port N` names the port. A command behind `npm start --` is handed
// to the command line.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { exitWithMessageOnError, root, setUp } from './setup.mjs';

const node = exitWithMessageOnError(setUp);
const args = process.argv.slice(2);

if (args[0] !== '--web' && args[0] !== '--port') {
  const command = args.length === 0 ? ['--help'] : args;
  const run = spawnSync(node, [join(root, 'main', 'app', 'cli.ts'), ...command], { stdio: 'inherit' });
  if (args.length === 0) {
    console.log(
      '\nThis is the command line: "npm run -s tunesmith -- COMMAND".\nThe window with its wizard is not finished; "npm start -- --web" opens what there is of it in your browser.',
    );
  }
  process.exit(run.status ?? 1);
}

const built = spawnSync(node, [join(root, 'scripts', 'build-window.ts')], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
});
const folder = built.stdout.trim().split('\n').at(-1) ?? '';
if (built.status !== 0 || folder === '') {
  console.error('The window could not be built (see above).');
  process.exit(1);
}
const reason = 'Opened for a browser, as asked for. The window is not finished yet.';
const port = args.includes('--port') ? (args[args.indexOf('--port') + 1] ?? '0') : '0';
const host = spawn(node, [join(root, 'main', 'app', 'web.ts'), '--root', folder, '--port', port, '--reason', reason], {
  stdio: 'inherit',
});
// The host ends by itself on Ctrl-C, which reaches both, and pauses what is going on first.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => host.kill('SIGTERM'));
host.on('exit', (code) => process.exit(code ?? 1));
