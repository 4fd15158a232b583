import { chatContract, type ChatContract } from '#common/contract/chat.ts';
import { places } from '#common/platform/places.ts';
import type { Launch } from '../child/launch.ts';
import { supervise, type Supervised } from '../child/supervise.ts';

export type Chat = Supervised<ChatContract>;

/** Chat with models through node-llama-cpp, in a process of its own that is started at the first call. */
export function openChat(options: { readonly logFile?: string; readonly launch?: Launch | undefined } = {}): Chat {
  return supervise(chatContract, { entry: places.entries.chat, part: 'chat', ...options });
}
