/** Runs inside the chat's process: models, contexts and completions through node-llama-cpp. */
import type { z } from 'zod';
import type { chatContract, chatModelSchema, CompletionEnd } from '#common/contract/chat.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { announceAddition } from '#common/platform/additions.ts';
import { requireSoundLibraries } from '#common/platform/bundled.ts';
import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { skipSelfTest } from './no-self-test.ts';
import { textStream } from './text-stream.ts';

type Wanted = z.output<typeof chatModelSchema>;
type CompleteInput = z.output<typeof chatContract.complete.input>;

interface Loaded extends AsyncDisposable {
  readonly key: string;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
}

/** Two models stay loaded: a base and its tuned version, side by side. */
const mostLoaded = 2;
/** Recent tokens that the repeat penalty looks at, as in llama.cpp and Ollama. */
const penaltyTokens = 64;

export function chatHandlers(): Handlers<typeof chatContract> {
  if (process.versions['electron'] !== undefined) skipSelfTest();
  const loaded: Loaded[] = [];
  const backends = new Map<string, Promise<Llama>>();
  let queue: Promise<unknown> = Promise.resolve();

  /** One at a time: two answers at once on the same cores are each slower than one after the other. */
  async function turn(): Promise<Disposable> {
    const before = queue;
    const { promise, resolve } = Promise.withResolvers<void>();
    queue = promise;
    await before;
    return { [Symbol.dispose]: () => resolve() };
  }

  async function open(wanted: Wanted, signal: AbortSignal): Promise<Loaded> {
    const key = JSON.stringify(wanted);
    const known = loaded.find((each) => each.key === key);
    if (known !== undefined) return known;
    while (loaded.length >= mostLoaded) await loaded.shift()?.[Symbol.asyncDispose]();
    const backendKey = `${wanted.device} ${wanted.threads}`;
    let backend = backends.get(backendKey);
    if (backend === undefined) {
      backend = openBackend(wanted);
      backends.set(backendKey, backend);
    }
    const opened = await openModel(await backend, key, wanted, signal);
    loaded.push(opened);
    return opened;
  }

  return {
    load: async (wanted, signal) => {
      using _turn = await turn();
      const { sequence, model } = await open(wanted, signal);
      return { contextTokens: sequence.contextSize, gpu: model.llama.gpu === false ? null : model.llama.gpu };
    },
    async *complete(input, signal) {
      using _turn = await turn();
      signal.throwIfAborted();
      const { prompt, maxTokens, temperature, repeatPenalty, topK, topP, seed, stops, ...wanted } = input;
      const opened = await open(wanted, signal);
      yield* complete(
        opened,
        { ...wanted, prompt, maxTokens, temperature, repeatPenalty, topK, topP, seed, stops },
        signal,
      );
    },
  };
}

async function openBackend({ device, threads }: Wanted): Promise<Llama> {
  requireSoundLibraries();
  // The packaged app has one folder with all backends: without this they are all loaded. Too late where a GPU is in use already.
  if (device === 'cpu') process.env['GGML_VK_VISIBLE_DEVICES'] ??= '';
  const loaded = device === 'cpu' ? null : announceAddition();
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    // On Apple silicon there is one package, which has both.
    gpu: device === 'cpu' && process.platform !== 'darwin' ? false : 'auto',
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
  });
  loaded?.();
  return llama;
}

async function openModel(llama: Llama, key: string, wanted: Wanted, signal: AbortSignal): Promise<Loaded> {
  const { modelPath, adapterPath, threads, contextTokens } = wanted;
  let model: LlamaModel;
  try {
    model = await llama.loadModel({
      modelPath,
      loadSignal: signal,
      ...(wanted.device === 'cpu' ? { gpuLayers: 0 } : {}),
    });
  } catch (error) {
    throw loadFailure(error, `The model ${modelPath} could not be loaded for chatting`, signal);
  }
  try {
    const context = await model.createContext({
      contextSize: Math.min(contextTokens, model.trainContextSize),
      sequences: 1,
      threads,
      createSignal: signal,
      ...(adapterPath === undefined ? {} : { lora: adapterPath }),
    });
    const sequence = context.getSequence();
    return {
      key,
      model,
      context,
      sequence,
      async [Symbol.asyncDispose]() {
        await context.dispose();
        await model.dispose();
      },
    };
  } catch (error) {
    await model.dispose();
    const what = adapterPath === undefined ? '' : ` with the adapter ${adapterPath}`;
    throw loadFailure(error, `The model ${modelPath}${what} could not be made ready for chatting`, signal);
  }
}

function loadFailure(error: unknown, what: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const why = error instanceof Error ? error.message : String(error);
  const code = /memory|vram/i.test(why) ? 'out-of-memory' : 'file-unsupported';
  return new TunesmithError(code, `${what}: ${why}`, {
    advice:
      code === 'out-of-memory'
        ? 'Close other programs, or use a smaller model.'
        : 'Check that the file is a whole GGUF model, and that the adapter belongs to it.',
    cause: error,
  });
}

async function* complete(
  { model, sequence }: Loaded,
  input: CompleteInput,
  signal: AbortSignal,
): AsyncGenerator<{ type: 'text'; text: string } | CompletionEnd> {
  const prompt = input.prompt as Token[];
  const limit = Math.min(input.maxTokens, sequence.contextSize - prompt.length);
  if (limit <= 0) {
    throw new TunesmithError(
      'bad-request',
      `The conversation is ${prompt.length} tokens long, and ${sequence.contextSize} fit.`,
      { advice: 'Start a new conversation or shorten the question.' },
    );
  }
  // The last token is always computed anew: its logits choose the first token of the answer.
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  const fresh = prompt.slice(sequence.nextTokenIndex);
  const tokens: Token[] = [];
  const text = textStream(input.stops, (all) => model.detokenize(all as Token[], false, prompt.slice(-4)));
  const startedMs = performance.now();
  let stopped = false;
  const evaluation = sequence.evaluate(fresh, {
    temperature: input.temperature,
    topK: input.topK,
    topP: input.topP,
    minP: 0,
    yieldEogToken: true,
    ...(input.seed === undefined ? {} : { seed: input.seed }),
    ...(input.repeatPenalty === 1
      ? {}
      : {
          repeatPenalty: {
            penalty: input.repeatPenalty,
            punishTokens: () => [...prompt, ...tokens].slice(-penaltyTokens),
          },
        }),
  });
  for await (const token of evaluation) {
    signal.throwIfAborted();
    if (model.isEogToken(token)) {
      stopped = true;
      break;
    }
    tokens.push(token);
    const { added, isStopped } = text.add(tokens);
    if (added !== '') yield { type: 'text', text: added };
    if (isStopped) {
      stopped = true;
      break;
    }
    if (tokens.length >= limit) break;
  }
  const rest = text.end();
  if (rest !== '') yield { type: 'text', text: rest };
  const seconds = Math.max(1e-3, (performance.now() - startedMs) / 1000);
  yield {
    type: 'end',
    answer: text.whole(),
    stopped,
    tokens: tokens.length,
    promptTokens: prompt.length,
    tokensPerSecond: tokens.length / seconds,
  };
}
