import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Installed, InstallRecipe } from '#common/contract/app/installing.ts';
import { quantTypes, type QuantType } from '#common/contract/engine.ts';
import type { Message } from '#common/domain/example.ts';
import { modelCard, type ModelCard } from '../../features/installing/model-card.ts';
import { defaultQuant, estimateBytes } from '../../features/shrinking/shrink-run.ts';
import { heldOutFile } from '../../features/training/begin.ts';
import { defaultParameters } from '../../services/ollama/create.ts';
import { modelfile } from '../../services/ollama/modelfile.ts';
import { suggestModelName } from '../../services/ollama/names.ts';
import { readPrompts } from '../../services/prompts/read-prompts.ts';
import { writeError } from '../../services/storage/write-error.ts';
import { runDetail } from '../../store/run-queries.ts';
import type { Context } from './context.ts';
import { madeFile } from './shrinking.ts';

/** Questions that both sides are asked after an installation. */
const parityQuestions = 8;

/** Held-out questions first; practised ones do as well, for what is compared is whether both sides compute the same. */
export async function questionsForParity({ store }: Context, run: string): Promise<readonly (readonly Message[])[]> {
  const heldOut = heldOutFile(store, run);
  const questions: (readonly Message[])[] = [];
  for (const file of [heldOut, path.join(path.dirname(heldOut), 'train.jsonl')]) {
    if (questions.length >= parityQuestions) break;
    try {
      for await (const { messages } of readPrompts(file)) {
        questions.push(messages);
        if (questions.length >= parityQuestions) break;
      }
    } catch {
      // Nothing was held out, or the file is gone: the other one may be there.
    }
  }
  return questions;
}

/**
 * What will stand in Ollama, before anything is made: the base with the run's template says the same as the finished file. It
 * takes no signal: a window that looks away soon comes back, and ending an engine that is slow to start would only make it
 * slower.
 */
export async function installRecipe(
  context: Context,
  cards: Map<string, Promise<ModelCard>>,
  run: string,
  wanted: QuantType | null,
): Promise<InstallRecipe> {
  const detail = runDetail(context.store.db, run);
  const small = quantTypes.filter((each) => each !== 'F32' && each !== 'F16' && each !== 'BF16');
  const quant =
    wanted ??
    small.find((each) => madeFile(context, detail, each) !== undefined) ??
    defaultQuant(detail.base.info.parameters);
  const made = madeFile(context, detail, quant);
  let asked = cards.get(run);
  if (asked === undefined) {
    asked = modelCard(context.engine, detail.base.path, undefined, detail.recipe.chatTemplate);
    cards.set(run, asked);
    asked.catch(() => cards.delete(run));
  }
  const card = await asked;
  const questions = await questionsForParity(context, run);
  return {
    quant,
    bytes: made?.bytes ?? estimateBytes(detail.base.info, quant),
    made: made !== undefined,
    stops: [...card.stops],
    temperature: defaultParameters.temperature,
    repeatPenalty: defaultParameters.repeat_penalty,
    modelfile: modelfile({ ggufName: `model-${quant}.gguf`, ...card }),
    questions: questions.map((messages) => messages.at(-1)?.content ?? ''),
  };
}

/** Copies model and Modelfile into a new folder below `parent`: nothing that is there is written over. */
export async function saveFiles(
  model: string,
  card: ModelCard,
  parent: string,
  name: string,
): Promise<{ readonly folder: string; readonly model: string; readonly modelfile: string }> {
  const folder = await newFolder(parent, suggestModelName(name));
  const target = path.join(folder, path.basename(model));
  const text = path.join(folder, 'Modelfile');
  try {
    await copyFile(model, target);
    await writeFile(text, modelfile({ ggufName: path.basename(model), ...card }));
  } catch (error) {
    throw writeError(error, target);
  }
  return { folder, model: target, modelfile: text };
}

async function newFolder(parent: string, name: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const folder = path.join(parent, number === 1 ? name : `${name}-${number}`);
    try {
      await mkdir(parent, { recursive: true });
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number > 99) throw writeError(error, folder);
    }
  }
}

/** The check after installing, as a text to keep or to send. */
export function certificateText({ name, quant, installedAt, parity }: Installed): string {
  if (parity === null) return `${name}: not compared yet.\n`;
  const rows = parity.rows.map((row, index) => {
    const text = row.ollamaText === undefined ? 'not told' : row.ollamaText === row.appText ? 'identical' : 'different';
    const tokens = `${row.appTokens} here, ${row.ollamaTokens ?? 'not told'} in Ollama`;
    const sure =
      row.meanDifference === null || row.meanDifference === undefined
        ? 'not told'
        : `${row.meanDifference.toFixed(4)} on average, ${(row.largestDifference ?? 0).toFixed(4)} at most, over ${row.comparedTokens} tokens`;
    return [
      `${index + 1}. ${row.prompt}`,
      `   text the model gets: ${text}`,
      `   tokens: ${tokens}`,
      `   difference of the log-probabilities: ${sure}`,
      ...(row.sameAnswer === undefined ? [] : [`   same words in the answer: ${row.sameAnswer ? 'yes' : 'no'}`]),
    ].join('\n');
  });
  return [
    `${name} in Ollama ${parity.ollamaVersion}${quant === null ? '' : `, ${quant}`}`,
    `Installed ${new Date(installedAt).toISOString()}`,
    `Verdict: ${parity.verdict}`,
    parity.words,
    '',
    ...rows,
    '',
  ].join('\n');
}
