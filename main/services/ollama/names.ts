import { TunesmithError } from '#common/domain/errors.ts';

export interface ModelName {
  readonly namespace: string | undefined;
  readonly model: string;
  readonly tag: string;
}

const longestPart = 80;
const nameAdvice = 'Use letters, digits, "-", "_" and ".", for example "my-helper" or "my-helper:v2".';

/**
 * Reads a name for a model in Ollama, `[namespace/]model[:tag]`, by Ollama's own rules, before anything is uploaded.
 * @throws TunesmithError `bad-request` that says which part is wrong.
 */
export function parseModelName(text: string): ModelName {
  const name = text.trim();
  if (name === '') throw refused('A model needs a name.');
  const slashes = name.split('/');
  if (slashes.length > 2) throw refused(`"${name}" has more than one "/". Ollama allows "namespace/model".`);
  const last = slashes.at(-1) ?? '';
  const colon = last.indexOf(':');
  const namespace = slashes.length === 2 ? (slashes[0] ?? '') : undefined;
  const model = colon === -1 ? last : last.slice(0, colon);
  const tag = colon === -1 ? 'latest' : last.slice(colon + 1);
  if (namespace !== undefined) checkPart(name, 'the part before "/"', namespace, /[^A-Za-z0-9_-]/);
  checkPart(name, 'the name', model, /[^A-Za-z0-9_.-]/);
  checkPart(name, 'the part after ":"', tag, /[^A-Za-z0-9_.-]/);
  if (/^(?:cloud|local)$|-cloud$/i.test(tag)) {
    throw refused(`The part after ":" cannot be "${tag}": Ollama keeps such endings for its own use.`);
  }
  return { namespace, model, tag };
}

/** The one way to write a name, with its tag: `helper` and `helper:latest` are the same model. */
export function fullModelName(text: string): string {
  const { namespace, model, tag } = parseModelName(text);
  return `${namespace === undefined ? '' : `${namespace}/`}${model}:${tag}`;
}

/** Ollama compares names without regard to upper and lower case. */
export function isSameModelName(a: string, b: string): boolean {
  return withTag(a).toLowerCase() === withTag(b).toLowerCase();
}

/** A legal name made from any text, such as a run's title; `fallback` where nothing of it can be kept. */
export function suggestModelName(text: string, fallback = 'my-model'): string {
  const cleaned = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, longestPart)
    .replaceAll(/[-.]+$/g, '');
  return cleaned === '' ? fallback : cleaned;
}

/** For names that came from Ollama and may hold a registry's host: never throws. */
function withTag(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
}

function checkPart(name: string, what: string, part: string, illegal: RegExp): void {
  if (part === '') throw refused(`In "${name}", ${what} is empty.`);
  if (part.length > longestPart) {
    throw refused(
      `In "${name.slice(0, 40)}…", ${what} is longer than the ${longestPart} characters that Ollama allows.`,
    );
  }
  const found = illegal.exec(part)?.[0];
  if (found !== undefined) throw refused(`In "${name}", ${what} holds ${shown(found)}, which Ollama does not allow.`);
  if (!/^[A-Za-z0-9_]/.test(part)) throw refused(`In "${name}", ${what} must start with a letter, a digit or "_".`);
}

function shown(character: string): string {
  return character === ' ' ? 'a space' : `the character "${character}"`;
}

function refused(message: string): TunesmithError {
  return new TunesmithError('bad-request', message, { advice: nameAdvice });
}
