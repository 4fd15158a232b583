/** The chat formats with the tokenizers of the real models, whose files are fetched before. */
import { realModelChatCases } from '../support/chat-cases.ts';
import { testChatFormat } from '../support/chat-format-suite.ts';

for (const chatCase of realModelChatCases) testChatFormat(chatCase);
