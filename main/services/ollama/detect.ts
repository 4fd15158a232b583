import { existsSync } from 'node:fs';
import { TunesmithError, assertNever } from '#common/domain/errors.ts';
import { ollamaCandidates, ollamaTraces } from '#common/platform/executables.ts';
import { currentHost, envValue, type Host } from '#common/platform/host.ts';
import { isLoopback, ollamaAddress } from './address.ts';
import type { OllamaServer } from './client.ts';
import { getOllama } from './errors.ts';
import { readText, send } from './http.ts';

/** Older ones do not report log-probabilities, which the check after installing needs. */
export const oldestVersion = '0.12.11';

export type OllamaStatus =
  | { readonly state: 'running'; readonly server: OllamaServer }
  | { readonly state: 'too-old'; readonly server: OllamaServer }
  /** Something answers at the address, but it is not Ollama. */
  | { readonly state: 'stranger'; readonly address: string }
  /** Installed (`found`: its program or service) but not answering. */
  | { readonly state: 'stopped'; readonly address: string; readonly found: string }
  /** The address names another computer, which does not answer. */
  | { readonly state: 'unreachable'; readonly address: string }
  | { readonly state: 'missing'; readonly address: string };

/** A server on this machine answers at once; one elsewhere may take a moment. */
const answerWithinMs = 3000;

/** Finds the Ollama of this machine (or the one `OLLAMA_HOST` names) and says what state it is in. Never throws, but for `signal`. */
export async function detectOllama(
  options: { readonly host?: Host; readonly signal?: AbortSignal; readonly exists?: (path: string) => boolean } = {},
): Promise<OllamaStatus> {
  const { host = currentHost(), signal, exists = existsSync } = options;
  const address = ollamaAddress(envValue(host, 'OLLAMA_HOST'));
  const answer = await askVersion(address, signal);
  signal?.throwIfAborted();
  if (answer === 'stranger') return { state: 'stranger', address };
  if (answer !== undefined) {
    const server = { address, version: answer };
    return { state: isTooOld(answer) ? 'too-old' : 'running', server };
  }
  if (!isLoopback(address)) return { state: 'unreachable', address };
  const found = [...ollamaCandidates(host), ...ollamaTraces(host)].find(exists);
  return found === undefined ? { state: 'missing', address } : { state: 'stopped', address, found };
}

/** The server where one can be used; otherwise an error that says what to do about it. */
export function requireOllama(status: OllamaStatus): OllamaServer {
  switch (status.state) {
    case 'running':
      return status.server;
    case 'too-old':
      throw new TunesmithError(
        'ollama-too-old',
        `Ollama ${status.server.version} is too old: Tunesmith works with ${oldestVersion} and newer.`,
        { advice: `Update Ollama, then try again. ${getOllama}.` },
      );
    case 'stranger':
      throw new TunesmithError('ollama-unreachable', `What answers at ${status.address} is not Ollama.`, {
        advice: 'Check the address in OLLAMA_HOST, or end the other program and start Ollama.',
      });
    case 'stopped':
      throw new TunesmithError('ollama-unreachable', `Ollama is installed (${status.found}) but is not running.`, {
        advice: 'Start Ollama (open its app, or run "ollama serve"), then try again.',
        retryable: true,
      });
    case 'unreachable':
      throw new TunesmithError(
        'ollama-unreachable',
        `Ollama does not answer at ${status.address} (from OLLAMA_HOST).`,
        {
          advice: 'Start it there, or correct OLLAMA_HOST.',
          retryable: true,
        },
      );
    case 'missing':
      throw new TunesmithError('ollama-missing', 'Ollama is not installed on this computer.', {
        advice: `${getOllama}, install it, then try again. It is not needed for chatting with the model here.`,
      });
    default:
      return assertNever(status, 'Ollama status');
  }
}

/** What to tell somebody whose model was saved as a file because Ollama could not be used. */
export function handInstallAdvice(status: OllamaStatus, folder: string, name = 'my-model'): string {
  const first =
    status.state === 'missing'
      ? `${getOllama}.`
      : status.state === 'too-old'
        ? `Update Ollama. ${getOllama}.`
        : 'Start Ollama.';
  return `The model and its Modelfile are in ${folder}. ${first} Then install the model from here, or in that folder run: ollama create ${name} -f Modelfile`;
}

/** The version, `'stranger'` where something else answers, undefined where nothing does. */
async function askVersion(address: string, signal: AbortSignal | undefined): Promise<string | 'stranger' | undefined> {
  const limit = AbortSignal.timeout(answerWithinMs);
  try {
    const response = await send(address, {
      method: 'GET',
      path: '/api/version',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const answer: unknown = response.statusCode === 200 ? JSON.parse(await readText(response)) : undefined;
    response.destroy();
    if (typeof answer === 'object' && answer !== null && 'version' in answer) return String(answer.version);
    return 'stranger';
  } catch (thrown) {
    const isAnswer =
      thrown instanceof SyntaxError || (thrown as NodeJS.ErrnoException).code?.startsWith('HPE_') === true;
    return isAnswer ? 'stranger' : undefined;
  }
}

/** Compares release numbers; builds made by hand call themselves 0.0.0 and are taken as new. */
export function isTooOld(version: string): boolean {
  const parts = version.split(/[.+-]/).map(Number);
  const least = oldestVersion.split('.').map(Number);
  if (parts.slice(0, 3).every((part) => part === 0)) return false;
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0;
    if (Number.isNaN(part) || part > wanted) return false;
    if (part < wanted) return true;
  }
  return false;
}
