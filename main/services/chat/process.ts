/** Entry of the chat's process. A crash of a model's file or driver ends this process only. */
import { inspect } from 'node:util';
import { chatContract } from '#common/contract/chat.ts';
import { portToParent, type ProcessLike } from '#common/wire/ports.ts';
import { serve } from '#common/wire/serve.ts';
import { chatHandlers } from './llama-chat.ts';

// Ctrl-C and a closed terminal reach the whole group of processes; what happens then is the parent's to say.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

const port = portToParent(process as unknown as ProcessLike);
serve(chatContract, chatHandlers(), port, {
  onBug: (thrown, name) => process.stderr.write(`${name}: ${inspect(thrown)}\n`),
});
port.onClose(() => process.exit(0));
