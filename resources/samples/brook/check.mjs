// Says whether an answer is right: reads it on standard input and exits 0 where it is a correct Brook program, 1 where it is
// not (standard error says why). With the example's own answer in TUNESMITH_EXPECTED it must also mean the same. Meant for
//
//   tunesmith tune … --check "command:node resources/samples/brook/check.mjs"
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { BrookError, meaning, parse } from './brook.mjs';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const complaint = check(await text(process.stdin), process.env.TUNESMITH_EXPECTED);
  if (complaint !== undefined) console.error(complaint);
  process.exitCode = complaint === undefined ? 0 : 1;
}

/**
 * Undefined where the answer is right, else what is wrong with it.
 * @param {string} answer
 * @param {string} [expected] the example's answer, a program or an explanation in words
 */
export function check(answer, expected) {
  const wanted = expected?.trim() ? expected : undefined;
  if (wanted !== undefined && reasonNotToParse(wanted) !== undefined) return compareWords(answer, wanted);
  const reason = reasonNotToParse(answer);
  if (reason !== undefined) return reason;
  if (wanted !== undefined && meaning(parse(answer)) !== meaning(parse(wanted)))
    return 'It is a program, but it does something else.';
  return undefined;
}

function reasonNotToParse(source) {
  try {
    parse(source);
    return undefined;
  } catch (error) {
    if (error instanceof BrookError) return error.message;
    throw error;
  }
}

/** An explanation is right when it shares at least half of its words with the expected one: no program can judge it better. */
function compareWords(answer, expected) {
  const wordsOf = (words) => new Set(words.toLowerCase().match(/[a-z0-9_:]+/g) ?? []);
  const [given, wanted] = [wordsOf(answer), wordsOf(expected)];
  const shared = [...given].filter((word) => wanted.has(word)).length;
  const similarity = (2 * shared) / Math.max(1, given.size + wanted.size);
  return similarity >= 0.5
    ? undefined
    : `It shares ${Math.round(similarity * 100)} % of its words with the expected answer.`;
}
