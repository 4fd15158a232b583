import { openChatFormat } from '#engine/chat/open.ts';
import { renderPrompt } from '#engine/chat/prompt.ts';
import { encodeText } from '#engine/chat/chat-format.ts';
import { logProbability } from '#engine/generate/sampling.ts';
import { LlamaContext } from '#engine/native/llama-context.ts';
import { LlamaModel } from '#engine/native/llama-model.ts';
import type { AppSide } from '#main/services/ollama/parity.ts';

/** The engine's half of the parity check on one model file, in this process. */
export function openAppSide(modelPath: string, options: { readonly template?: string } = {}): AppSide & Disposable {
  const format = openChatFormat(modelPath, options.template);
  const model = new LlamaModel(modelPath);
  const context = new LlamaContext(model, { sequenceTokens: 1024, sequences: 1, batchTokens: 512, threads: 1 });
  const idsByText = Map.groupBy(
    Array.from({ length: format.tokenizer.size }, (_, id) => id),
    (id) => format.tokenizer.tokenText(id),
  );

  const idOf = (piece: string): number | undefined => {
    const [id, ...more] = format.tokenizer.tokenize(piece, true);
    // In answers a piece can also be a token that no text is cut into.
    return id !== undefined && more.length === 0 ? id : idsByText.get(piece)?.[0];
  };
  async function scoreOne(prompt: string, pieces: readonly string[]): Promise<readonly number[]> {
    const prompted = [...encodeText(format.tokenizer, prompt)];
    const continued = pieces.map(idOf);
    const known = continued.slice(
      0,
      continued.includes(undefined) ? continued.indexOf(undefined) : undefined,
    ) as number[];
    // One batch: every position that is followed by a piece is asked for its logits.
    context.clear();
    context.batch.clear();
    const ids = [...prompted, ...known];
    const rows = ids.map((id, position) => context.batch.add(id, position, 0, position >= prompted.length - 1));
    await context.decode();
    return pieces.map((_piece, at) => {
      const id = known[at];
      const row = rows[prompted.length - 1 + at];
      return id === undefined || row === undefined ? Number.NaN : logProbability(context.logits(row), id);
    });
  }
  return {
    render: async (messages) => {
      const { text, ids } = renderPrompt(format, messages);
      return { text, tokens: ids.length };
    },
    score: async (answers) => {
      const scored: (readonly number[])[] = [];
      for (const { prompt, pieces } of answers) scored.push(await scoreOne(prompt, pieces));
      return scored;
    },
    [Symbol.dispose]: () => {
      context[Symbol.dispose]();
      model[Symbol.dispose]();
      format[Symbol.dispose]();
    },
  };
}
