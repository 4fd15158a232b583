/** Entry of the engine's process: answers the contract to the parent, and ends with it. */
import './disposable-stack.ts';
import { engineContract } from '#common/contract/engine.ts';
import { portToParent, type ProcessLike } from '#common/wire/ports.ts';
import { serve } from '#common/wire/serve.ts';
import { engineHandlers } from './handlers.ts';

// Ctrl-C and a closed terminal reach the whole group of processes; what happens then is the parent's to say.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

const port = portToParent(process as unknown as ProcessLike);
serve(engineContract, engineHandlers(), port, {
  onRefused: ({ message }) => console.error(`refused a message: ${message}`),
  onBug: (thrown, name) => console.error(`${name}:`, thrown),
});
// Nobody is left to work for; what was saved is whole, since files appear by renaming only.
port.onClose(() => process.exit(0));
