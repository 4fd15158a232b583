/** Entry of the reader's process. What a file of a stranger does to its parser, it does here. */
import os from 'node:os';
import { inspect } from 'node:util';
import { importingContract } from '#common/contract/importing.ts';
import { portToParent, type ProcessLike } from '#common/wire/ports.ts';
import { serve } from '#common/wire/serve.ts';
import { readerHandlers } from './reader-handlers.ts';

// Ctrl-C and a closed terminal reach the whole group of processes; what happens then is the parent's to say.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

try {
  // Reading and examining take whole cores for seconds: the window, which a person types into meanwhile, comes first.
  os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Where that is forbidden it reads all the same.
}

const port = portToParent(process as unknown as ProcessLike);
serve(importingContract, readerHandlers(), port, {
  onBug: (thrown, name) => process.stderr.write(`${name}: ${inspect(thrown)}\n`),
});
port.onClose(() => process.exit(0));
