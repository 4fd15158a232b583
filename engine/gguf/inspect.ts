import { TunesmithError } from '#common/domain/errors.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { readModelConfig, unsupported } from './config.ts';
import { text, u32 } from './metadata.ts';
import { type GgufFile, readGguf } from './read.ts';
import { fileTypeName, tensorTypeName } from './types.ts';
import { readVocabularyInfo } from './vocabulary-info.ts';

/**
 * What can be said of a GGUF file from its header alone. A whole file that cannot be taught is described, with the
 * reason; a damaged one, or one that is no GGUF, is an error.
 * @throws TunesmithError as `readGguf`.
 */
export async function inspectModel(path: string): Promise<ModelInfo> {
  return describeModel(await readGguf(path));
}

/** As `inspectModel`, for a header that is read already. */
export function describeModel(file: GgufFile): ModelInfo {
  const architecture = lenient(() => text(file, 'general.architecture')) ?? 'unknown';
  const vocabulary = lenient(() => readVocabularyInfo(file, architecture));
  const reason = whyNot(file, vocabulary?.tokens);
  const count = (name: string): number => lenient(() => u32(file, `${architecture}.${name}`)) ?? 0;
  const name = lenient(() => text(file, 'general.name'));
  const license = lenient(() => text(file, 'general.license'));
  const embedding = file.tensors.find((tensor) => tensor.name === 'token_embd.weight');
  return {
    path: file.path,
    ...(name === undefined ? {} : { name }),
    architecture,
    supported: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    parameters: file.tensors.reduce((sum, tensor) => sum + tensor.shape.reduce((values, n) => values * n, 1), 0),
    fileType: fileType(file),
    tensorTypes: bytesByType(file),
    bytes: file.fileBytes,
    contextLength: count('context_length'),
    layers: count('block_count'),
    embeddingLength: count('embedding_length'),
    vocabulary: embedding?.shape[1] ?? vocabulary?.tokens ?? 0,
    chatTemplate: vocabulary?.chatTemplate ?? null,
    templateFamily: vocabulary?.family.name ?? null,
    endOfTurn: vocabulary?.endOfTurn ?? null,
    ...(license === undefined ? {} : { license }),
  };
}

/** The reason in words why the engine cannot teach the model; undefined where it can. */
function whyNot(file: GgufFile, tokens: number | undefined): string | undefined {
  try {
    const config = readModelConfig(file);
    if (tokens === undefined) throw unsupported(file, 'it holds no tokenizer');
    if (tokens !== config.vocabulary) {
      throw unsupported(file, `its tokenizer has ${tokens} tokens and its embedding ${config.vocabulary}`);
    }
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof TunesmithError)) throw thrown;
    const opening = `${file.path} cannot be taught: `;
    return thrown.message.startsWith(opening) ? thrown.message.slice(opening.length) : thrown.message;
  }
}

function fileType(file: GgufFile): string {
  const number = lenient(() => u32(file, 'general.file_type'));
  const named = number === undefined ? undefined : fileTypeName(number);
  if (named !== undefined) return named;
  const [most] = Object.entries(bytesByType(file)).sort(([, one], [, other]) => other - one);
  return most?.[0] ?? 'unknown';
}

function bytesByType(file: GgufFile): Record<string, number> {
  const types: Record<string, number> = {};
  for (const tensor of file.tensors) {
    const name = tensorTypeName(tensor.type);
    types[name] = (types[name] ?? 0) + tensor.bytes;
  }
  return types;
}

/** For what is only shown: a key of the wrong type counts as missing. */
function lenient<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof TunesmithError) return undefined;
    throw thrown;
  }
}
