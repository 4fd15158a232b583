import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Rejection } from './report.ts';

/** What is read as one: a file, or a question and its answer in two files. */
export type Source =
  | { readonly kind: 'file'; readonly file: string; readonly bytes: number }
  | { readonly kind: 'pair'; readonly file: string; readonly answerFile: string; readonly bytes: number };

export interface Sources {
  readonly sources: readonly Source[];
  /** What could not be opened, with the reason. */
  readonly rejected: readonly Rejection[];
}

const pairEndings: readonly (readonly [string, string])[] = [
  ['prompt', 'answer'],
  ['prompt', 'completion'],
  ['prompt', 'response'],
  ['prompt', 'output'],
  ['question', 'answer'],
  ['input', 'output'],
  ['instruction', 'response'],
  ['user', 'assistant'],
];

/**
 * Finds the files to read: the named ones, and everything in the named folders, in order of their names; hidden
 * files are skipped, links followed once, files that belong together paired.
 * @throws TunesmithError `file-not-found` where a named path does not exist
 */
export async function findSources(paths: readonly string[], signal?: AbortSignal): Promise<Sources> {
  const found: { file: string; bytes: number }[] = [];
  const rejected: Rejection[] = [];
  const seen = new Set<string>();
  const visit = async (file: string, named: boolean): Promise<void> => {
    signal?.throwIfAborted();
    try {
      const real = await realpath(file);
      if (seen.has(real)) return;
      seen.add(real);
      const facts = await stat(real);
      if (facts.isDirectory()) {
        const names = (await readdir(file)).filter((name) => !isHidden(name)).toSorted();
        for (const name of names) await visit(path.join(file, name), false);
      } else if (facts.isFile()) found.push({ file, bytes: facts.size });
      else rejected.push({ file, line: null, reason: 'This is not an ordinary file (a device or a pipe).' });
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error;
      rejected.push({ file, line: null, reason: openProblem(file, error, named) });
    }
  };
  for (const named of paths) await visit(path.resolve(named), true);
  const paired = pair(found);
  return { sources: paired.sources, rejected: [...rejected, ...paired.rejected] };
}

/** Left behind by file managers and editors; never a person's data. */
const isHidden = (name: string): boolean =>
  name.startsWith('.') || /^(?:thumbs\.db|desktop\.ini|__MACOSX)$/i.test(name);

/** Why a path cannot be opened, in words; a named one that does not exist is an error at once, most likely a typing slip. */
export function openProblem(file: string, error: unknown, named: boolean): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' && named) {
    throw new TunesmithError('file-not-found', `${file} does not exist.`, {
      advice: 'Check the spelling of the path.',
      cause: error,
    });
  }
  if (code === 'ENOENT') return 'This link points to nothing.';
  if (code === 'ELOOP') return 'This link leads back to itself.';
  if (code === 'EACCES' || code === 'EPERM') return 'You have no permission to read this.';
  return `It could not be opened (${typeof code === 'string' ? code : String(error)}).`;
}

function pair(found: readonly { readonly file: string; readonly bytes: number }[]): Sources {
  const byName = new Map(found.map((entry) => [entry.file, entry]));
  const answers = new Set<string>();
  const pairs = new Map<string, { readonly file: string; readonly bytes: number }>();
  const rejected: Rejection[] = [];
  for (const { file } of found) {
    for (const [question, answer] of pairEndings) {
      const answerEntry = byName.get(swapEnding(file, question, answer) ?? '');
      if (answerEntry === undefined || answers.has(answerEntry.file)) continue;
      pairs.set(file, answerEntry);
      answers.add(answerEntry.file);
      break;
    }
  }
  const usesPairs = pairs.size > 0;
  const sources: Source[] = [];
  for (const { file, bytes } of found) {
    const answer = pairs.get(file);
    if (answer !== undefined)
      sources.push({ kind: 'pair', file, answerFile: answer.file, bytes: bytes + answer.bytes });
    else if (!answers.has(file)) {
      const missing = usesPairs ? missingPartner(file) : undefined;
      if (missing === undefined) sources.push({ kind: 'file', file, bytes });
      else rejected.push({ file, line: null, reason: missing });
    }
  }
  return { sources, rejected };
}

/** `x.prompt.txt` -> `x.answer.txt`; undefined where the name has no such part. */
function swapEnding(file: string, from: string, to: string): string | undefined {
  const match = new RegExp(String.raw`^(.+)([._-])${from}(\.(?:txt|md|text))?$`, 'i').exec(path.basename(file));
  return match ? path.join(path.dirname(file), `${match[1]}${match[2]}${to}${match[3] ?? ''}`) : undefined;
}

function missingPartner(file: string): string | undefined {
  const endings = [...new Set(pairEndings.flat())].join('|');
  const match = new RegExp(String.raw`^.+[._-](${endings})(?:\.(?:txt|md|text))?$`, 'i').exec(path.basename(file));
  if (match === null) return undefined;
  const asks = pairEndings.some(([question]) => question === match[1]?.toLowerCase());
  return asks
    ? 'There is no file with the answer beside this one.'
    : 'There is no file with the question beside this one.';
}
