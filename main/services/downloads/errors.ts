import { TunesmithError } from '#common/domain/errors.ts';
import { sizeInWords } from '../storage/free-space.ts';

const byHand = 'Get the file yourself and choose it under “From a file”, or choose another model.';

/** A failure that may pass by itself: worth another try before the person hears of it. */
export class PassingError extends Error {
  override readonly name = 'PassingError';
}

/** What an answer other than the file means. */
export function refusal(title: string, url: URL, status: number): Error {
  const { host } = url;
  switch (status) {
    case 401:
    case 403:
      return new TunesmithError('download-refused', `${host} hands ${title} only to people with an account there.`, {
        advice: `Open ${url.origin} in a browser, sign in, accept the terms of the model and download the file. Then choose it under “From a file”.`,
      });
    case 404:
    case 410:
      return new TunesmithError('download-refused', `${title} is not at ${host} any more.`, {
        advice: `A newer Tunesmith may know where it went. ${byHand}`,
      });
    case 408:
    case 425:
    case 429:
      return new PassingError(`${host} has too much to do (HTTP ${status})`);
    default:
      return status >= 500
        ? new PassingError(`${host} is out of order (HTTP ${status})`)
        : new TunesmithError('download-refused', `${host} refused to hand out ${title} (HTTP ${status}).`, {
            advice: byHand,
          });
  }
}

export function strayRedirect(title: string, origin: URL, next: string): TunesmithError {
  return new TunesmithError(
    'download-refused',
    `${origin.host} sends the download of ${title} on to a place that Tunesmith does not trust (${next}).`,
    { advice: `A login page of the network can do that: open any web page in a browser first. Else: ${byHand}` },
  );
}

export function unknownDigest(title: string, url: URL): TunesmithError {
  return new TunesmithError(
    'download-refused',
    `${url.host} does not say what ${title} must be like, so it could not be checked.`,
    {
      advice: byHand,
    },
  );
}

export function otherFile(title: string, url: URL): TunesmithError {
  return new TunesmithError(
    'download-refused',
    `The file that ${url.host} has for ${title} is not the one this Tunesmith knows.`,
    { advice: `It may have been replaced by a newer one: look for a newer Tunesmith. ${byHand}` },
  );
}

export function tooLarge(title: string, bytes: number, expected: number): TunesmithError {
  return new TunesmithError(
    'download-refused',
    `What is offered as ${title} is far larger than it should be: ${sizeInWords(bytes)} instead of ${sizeInWords(expected)}.`,
    { advice: byHand },
  );
}

export function notTheFile(title: string, url: URL): TunesmithError {
  return new TunesmithError(
    'download-damaged',
    `${url.host} sent something else than ${title}: it is not such a file.`,
    {
      advice: 'A login page of the network can do that: open any web page in a browser first, then download it again.',
      retryable: true,
    },
  );
}

export function wrongDigest(title: string, algorithm: 'sha256' | 'sha512'): TunesmithError {
  return new TunesmithError(
    'download-damaged',
    `${title} arrived whole, but not as it was published: its ${algorithm === 'sha256' ? 'SHA-256' : 'SHA-512'} is another one. It was thrown away.`,
    { advice: 'Download it again. If that happens twice, something on the way changes files.', retryable: true },
  );
}

/** The network, in words. */
export function networkError(title: string, url: URL, thrown: unknown): TunesmithError {
  const { code = '', message = '' } = (thrown ?? {}) as { readonly code?: string; readonly message?: string };
  const [why, advice] = reason(code, message, url.host);
  return new TunesmithError('download-failed', `The download of ${title} stopped: ${why}.`, {
    advice: `${advice} What arrived is kept, and the download goes on from there.`,
    retryable: true,
    cause: thrown,
  });
}

function reason(code: string, message: string, host: string): readonly [string, string] {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return [`${host} was not found`, 'Check the internet connection.'];
  if (code === 'ECONNREFUSED' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH' || code === 'ETIMEDOUT') {
    return [`${host} cannot be reached`, 'Check the internet connection, or try later.'];
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code)) {
    return [
      `the connection to ${host} is not safe (${code})`,
      'Check the date of this computer. In a company, ask for the certificate of its network.',
    ];
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || message === 'aborted') {
    return ['the connection broke off', 'Check the internet connection, then resume.'];
  }
  return [message === '' ? 'the connection broke off' : message, 'Check the internet connection, then resume.'];
}
