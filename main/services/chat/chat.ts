import path from 'node:path';
import { chatContract, type ChatContract } from '#common/contract/chat.ts';
import { supervise, type Supervised } from '../child/supervise.ts';

export type Chat = Supervised<ChatContract>;

const entry = path.join(import.meta.dirname, 'process.ts');

/** Chat with models through node-llama-cpp, in a process of its own that is started at the first call. */
export function openChat(options: { readonly logFile?: string } = {}): Chat {
  return supervise(chatContract, { entry, part: 'chat', ...options });
}
