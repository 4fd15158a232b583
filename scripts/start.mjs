// `npm start`: sets the checkout up and opens the window, in Electron or, where that cannot be had, in a browser on this computer.
//
//   npm start -- --web            in a browser in any case; --port N names the port
//   npm start -- --test-electron  in the old Electron that the tests run on
//   npm start -- COMMAND          hands a command to the command line
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exitWithMessageOnError, root, setUp } from './setup.mjs';

const node = exitWithMessageOnError(setUp);
const args = process.argv.slice(2);
const isForWindow =
  args.length === 0 || ['--web', '--port', '--test-electron'].some((each) => args[0]?.startsWith(each));
const program = isForWindow ? join(root, 'scripts', 'start.ts') : join(root, 'main', 'app', 'cli.ts');
const child = spawn(node, [program, ...args], { stdio: 'inherit' });
// It ends by itself on Ctrl-C, which reaches both.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
