import { chatCases } from '../../tests/support/chat-cases.ts';
import { testChatFormat } from '../../tests/support/chat-format-suite.ts';

for (const chatCase of chatCases) testChatFormat(chatCase);
