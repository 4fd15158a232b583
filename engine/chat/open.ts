import { openTokenizer } from '../native/vocabulary.ts';
import { createChatFormat, type ChatFormat } from './chat-format.ts';

export type OpenChatFormat = ChatFormat & Disposable;

/**
 * The chat format of a model file. `chosen` is a family's name or Jinja text; absent: the model's own template,
 * else its family's. Throws `file-not-found`, `file-corrupt`, `architecture-unsupported` or `template-invalid`.
 */
export function openChatFormat(modelPath: string, chosen?: string): OpenChatFormat {
  const vocabulary = openTokenizer(modelPath);
  try {
    const format = createChatFormat({
      tokenizer: vocabulary,
      architecture: vocabulary.architecture,
      ownTemplate: vocabulary.chatTemplate,
      chosen,
    });
    return { ...format, [Symbol.dispose]: () => vocabulary[Symbol.dispose]() };
  } catch (error) {
    vocabulary[Symbol.dispose]();
    throw error;
  }
}
