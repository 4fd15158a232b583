import { stat } from 'node:fs/promises';
import type { Rehearsal, TrainInput } from '#common/contract/engine.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { openChatFormat } from '../chat/open.ts';
import type { ChatFormat } from '../chat/chat-format.ts';
import { renderPrompt } from '../chat/prompt.ts';
import { writeAdapter } from '../export/adapter.ts';
import { openGenerator } from '../generate/llama-generator.ts';
import { readArchitecture } from '../gguf/config.ts';
import { readGguf } from '../gguf/read.ts';
import { defaultThreads, openSession } from '../model/open-session.ts';
import type { AnswerDeps, TrainDeps, TrainExamples } from '../train/job.ts';
import { rehearse } from '../train/rehearse.ts';
import { train } from '../train/train.ts';
import { runCheck } from './check.ts';
import { encodeDataset, type EncodedDataset } from './dataset.ts';

/** Opens base and data, then trains. `shouldPause` is asked between updates. */
export async function* runTraining(
  input: TrainInput,
  signal: AbortSignal,
  shouldPause: () => boolean,
): AsyncGenerator<TrainEvent> {
  const { recipe, basePath } = input;
  const { architecture, base } = await describeBase(basePath, input.baseSha256);
  using format = openChatFormat(basePath, recipe.chatTemplate);
  const { examples, answers } = await prepare(format, input, signal);
  // Why a device was not taken is told after `start`, which is always the first event.
  const notices: TrainEvent[] = [];
  using session = await openSession({
    modelPath: basePath,
    recipe,
    onNotice: ({ message }) => notices.push({ type: 'notice', update: 0, code: 'device-refused', message }),
  });
  const deps: TrainDeps = {
    session,
    saveAdapter: async (path, { alpha, loraTensors }, saveSignal) => {
      const tensors = loraTensors.call(session);
      await writeAdapter(path, { architecture, alpha, tensors }, { signal: saveSignal });
    },
    answers,
    residentBytes: () => process.memoryUsage.rss(),
    now: () => performance.now(),
    processorMs,
    signal,
    shouldPause,
  };
  const job = { recipe, examples, base, runFolder: input.runFolder, resume: input.resume };
  for await (const event of train(job, deps)) {
    yield event;
    if (event.type === 'start') yield* notices.splice(0);
  }
}

export interface RehearseInput {
  readonly basePath: string;
  readonly recipe: Recipe;
  readonly trainPath: string;
  readonly heldOutPath?: string | undefined;
}

/** A few real steps on the real base and data. What does not fit is an answer, not an error. */
export async function runRehearsal(input: RehearseInput, signal: AbortSignal): Promise<Rehearsal> {
  const { recipe, basePath } = input;
  using format = openChatFormat(basePath, recipe.chatTemplate);
  const { examples, answers } = await prepare(format, { ...input, questions: [] }, signal);
  try {
    using session = await openSession({ modelPath: basePath, recipe });
    const figures = await rehearse(
      { recipe, examples },
      { session, answers, now: () => performance.now(), signal, peakBytes },
    );
    const usableBytes = process.memoryUsage.rss() + process.availableMemory();
    const fits = figures.peakBytes < usableBytes * 0.95;
    return {
      fits,
      peakBytes: figures.peakBytes,
      tokensPerSecond: figures.tokensPerSecond,
      estimateSeconds: figures.estimateSeconds,
      advice: fits ? '' : lessMemory,
      device: session.deviceDescription,
      gradientCheckpointing: session.gradientCheckpointing,
      frozenWeights: session.frozenWeights,
    };
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== 'out-of-memory') throw error;
    return {
      fits: false,
      peakBytes: peakBytes(),
      tokensPerSecond: 0,
      estimateSeconds: 0,
      advice: `${error.message} ${error.advice ?? lessMemory}`,
      device: '',
      gradientCheckpointing: recipe.gradientCheckpointing !== 'off',
      frozenWeights: null,
    };
  }
}

const lessMemory =
  'Close other programs, choose a smaller base, or lower --max-tokens and --rank; then rehearse again.';

/** The most this process ever held; the system counts in kilobytes. */
function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** Time of all threads of this process on the processors so far. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function prepare(
  format: ChatFormat,
  input: Pick<TrainInput, 'basePath' | 'recipe' | 'trainPath' | 'heldOutPath' | 'questions'>,
  signal: AbortSignal,
): Promise<{ examples: TrainExamples; answers: AnswerDeps | undefined }> {
  const { recipe, basePath, heldOutPath } = input;
  const options = { maxTokens: recipe.maxTokens, prompts: false };
  const train = await encodeDataset(format, input.trainPath, options, signal);
  const none: EncodedDataset = { sequences: [], prompts: [] };
  const heldOut =
    heldOutPath === undefined ? none : await encodeDataset(format, heldOutPath, { ...options, prompts: true }, signal);
  const questions = input.questions.map((prompt) => ({
    prompt,
    ids: [...renderPrompt(format, [{ role: 'user', content: prompt }]).ids],
  }));
  const asksNothing = (recipe.maxAnswers === 0 || heldOut.prompts.length === 0) && questions.length === 0;
  const answers: AnswerDeps | undefined = asksNothing
    ? undefined
    : {
        openGenerator: () =>
          openGenerator({
            modelPath: basePath,
            threads: recipe.threads === 'auto' ? defaultThreads() : recipe.threads,
          }),
        prompts: heldOut.prompts,
        questions,
        check: (items, checkSignal) => runCheck(recipe.check, items, checkSignal),
      };
  return { examples: { train: train.sequences, heldOut: heldOut.sequences }, answers };
}

/** Without a known hash a base is told from another by its size and shape, which is enough to refuse a mix-up. */
async function describeBase(basePath: string, sha256: string | undefined) {
  const file = await readGguf(basePath);
  const architecture = readArchitecture(file);
  const base = sha256 ?? `${architecture}-${(await stat(basePath)).size}-${file.tensors.length}`;
  return { architecture, base };
}
