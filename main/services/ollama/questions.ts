import type { ChatRequest, Ollama } from 'ollama';
import type { Message } from '#common/domain/example.ts';

export interface OllamaAnswer {
  readonly text: string;
  /** Tokens of the prompt, BOS included; undefined where the server does not say. */
  readonly promptTokens: number | undefined;
  /** Empty where the server reports no log-probabilities. */
  readonly tokens: readonly { readonly text: string; readonly logprob: number }[];
}

/** The text that Ollama hands to the model for a conversation; undefined from servers that cannot tell. */
export async function renderInOllama(
  client: Ollama,
  model: string,
  messages: readonly Message[],
): Promise<string | undefined> {
  const request: ChatRequest & { _debug_render_only: true; stream: false } = {
    model,
    messages: [...messages],
    think: false,
    stream: false,
    _debug_render_only: true,
    // A server that does not know the request answers it; then at least briefly.
    options: { num_predict: 1 },
  };
  const answer: object = await client.chat(request);
  if (!('_debug_info' in answer)) return undefined;
  return (answer._debug_info as { rendered_template?: string }).rendered_template;
}

/** A greedy answer without penalties, with the log-probability of each token as the model itself gave it. */
export async function askOllama(
  client: Ollama,
  model: string,
  messages: readonly Message[],
  maxTokens: number,
): Promise<OllamaAnswer> {
  const stream = await client.chat({
    model,
    messages: [...messages],
    think: false,
    stream: true,
    logprobs: true,
    // Without stop texts: what could begin one is held back, and then several tokens are reported as one.
    options: { temperature: 0, repeat_penalty: 1, top_k: 1, num_predict: maxTokens, seed: 1, stop: [] },
  });
  let text = '';
  let promptTokens: number | undefined;
  const tokens: { text: string; logprob: number }[] = [];
  for await (const part of stream) {
    text += part.message.content;
    for (const each of part.logprobs ?? []) tokens.push({ text: each.token, logprob: each.logprob });
    if (part.done) promptTokens = part.prompt_eval_count as number | undefined;
  }
  return { text, promptTokens, tokens };
}
