/**
 * Every failure a person can meet has a code. Screens and the command line key their advice on it, so a code
 * is added here first and is never reused for something else.
 */
export const errorCodes = [
  /** A bug of ours: something that should not be possible. */
  'internal',
  /** The command or request itself was wrong (unknown option, value out of range). Nothing was changed. */
  'bad-request',
  /** A file the person named does not exist or cannot be read. */
  'file-not-found',
  'file-not-readable',
  'file-not-writable',
  /** A file is damaged, truncated, or not what its name says. */
  'file-corrupt',
  /** A file is fine but of a kind the app does not read. */
  'file-unsupported',
  'disk-full',
  /** Training data: no usable row, or a row that cannot be learned (named in the message). */
  'data-empty',
  'data-unusable',
  /** The base model's architecture is not one the engine can teach. */
  'architecture-unsupported',
  'template-invalid',
  'out-of-memory',
  'device-unavailable',
  /** A file that came with the app is missing or is not the one that came with it. */
  'installation-damaged',
  /** Loss or gradients became NaN or exploded and rolling back did not help. */
  'training-diverged',
  'checkpoint-unreadable',
  /** The engine (or chat) process died: native abort, out of memory, killed. */
  'process-died',
  'cancelled',
  'run-not-found',
  'run-busy',
  'record-too-new',
  'record-damaged',
  'ollama-missing',
  'ollama-unreachable',
  'ollama-too-old',
  'ollama-refused',
  'ollama-interrupted',
  /** The network or the host let a download down; what arrived is kept, and the same request goes on with it. */
  'download-failed',
  /** The host said no: not there any more, an account is needed, another file than the one that is known. */
  'download-refused',
  /** What arrived is not the file that was published. Nothing of it is kept. */
  'download-damaged',
  /** The model's owner asks for consent first, and the person has not given it. */
  'license-not-accepted',
  /** It is not known whether there is a newer version: no connection, or an answer that is none. */
  'update-check-failed',
  'check-failed-to-run',
  /** A program that would judge answers, which the person has not seen and allowed yet. */
  'check-not-allowed',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What crosses every border instead of an exception: plain data, in the person's words. */
export interface Failure {
  readonly code: ErrorCode;
  /** What happened and why, one or two sentences, no jargon. */
  readonly message: string;
  /** What to do next. */
  readonly advice?: string | undefined;
  /** True where the same request may succeed later with nothing changed. */
  readonly retryable: boolean;
}

/** An expected failure. Everything else that is thrown is a bug and becomes `internal` at the border. */
export class TunesmithError extends Error {
  override readonly name = 'TunesmithError';
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { advice?: string; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice;
    this.retryable = options.retryable ?? false;
  }
}

/** Turns anything thrown into the plain data that may cross a border. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof TunesmithError) {
    return { code: thrown.code, message: thrown.message, advice: thrown.advice, retryable: thrown.retryable };
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return { code: 'cancelled', message: 'The work was cancelled.', retryable: true };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message: `Something went wrong inside Tunesmith: ${message}`, retryable: false };
}

/** The other direction: a failure that arrived over a border becomes an error again. */
export function fromFailure(failure: Failure): TunesmithError {
  return new TunesmithError(failure.code, failure.message, {
    retryable: failure.retryable,
    ...(failure.advice === undefined ? {} : { advice: failure.advice }),
  });
}

/** For the `default` of a switch over a union: a new member then fails to compile. */
export function assertNever(value: never, what = 'value'): never {
  throw new TunesmithError('internal', `Unexpected ${what}: ${JSON.stringify(value)}`);
}
