import { TunesmithError, type ErrorCode } from '#common/domain/errors.ts';
import { StalledError } from './http.ts';

/** An answer of Ollama that says no: by its status, or by an `error` line inside an answer that began well. */
export class OllamaRefusal extends Error {
  override readonly name = 'OllamaRefusal';
  /** HTTP status; 200 for an error line inside a stream. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const getOllama = 'Get it from https://ollama.com/download';

interface Rule {
  readonly when: RegExp;
  readonly code: ErrorCode;
  readonly message: (said: string) => string;
  readonly advice: string;
  readonly retryable?: boolean;
}

/** What Ollama's own messages mean; the first that matches counts. Seen on servers 0.24 and 0.34. */
const rules: readonly Rule[] = [
  {
    when: /no space left on device|not enough space on the disk|disk quota exceeded|disk full/i,
    code: 'disk-full',
    message: () => 'The disk where Ollama keeps its models is full, so the model was not installed.',
    advice:
      'Free some space (while it installs, Ollama needs up to three times the size of the model), then install again.',
    retryable: true,
  },
  {
    when: /digest mismatch/i,
    code: 'ollama-interrupted',
    message: () => 'The model file changed, or was damaged on the way, while it was being handed to Ollama.',
    advice: 'Nothing was installed. Install again when nothing else is writing to the file.',
    retryable: true,
  },
  {
    when: /template error/i,
    code: 'template-invalid',
    message: (said) => `Ollama cannot read the model's chat template (${said}).`,
    advice: "Install without a template, so that Ollama uses the one in the model's file.",
  },
  {
    when: /exceeds file size|unexpected EOF|^EOF$|: EOF$|not in GGUF format|invalid file magic|tensor .* out of bounds/i,
    code: 'file-corrupt',
    message: (said) => `Ollama says that the model file is damaged or incomplete (${said}).`,
    advice: 'Nothing was installed. Make the model file again (shrink the run once more), then install.',
  },
  {
    when: /no such file or directory|cannot find the file/i,
    code: 'ollama-interrupted',
    message: () => 'Ollama no longer has the file that was handed to it.',
    advice: 'Install again: the file is handed over anew.',
    retryable: true,
  },
  {
    when: /requires more system memory|out.of.memory|cudaMalloc failed|not enough memory/i,
    code: 'out-of-memory',
    message: (said) => `The model does not fit into this computer's memory when Ollama loads it (${said}).`,
    advice: 'Close other programs, or shrink the model further.',
  },
  {
    when: /newer version of ollama|requires ollama|pull model manifest: 412/i,
    code: 'ollama-too-old',
    message: (said) => `This Ollama is too old for the model (${said}).`,
    advice: `Update Ollama, then install again. ${getOllama}.`,
  },
  {
    // Ollama 0.34 copies the file through a tool whose reasons it keeps to its log, a full disk among them.
    when: /failed to validate GGUF/i,
    code: 'ollama-refused',
    message: (said) =>
      `Ollama could not take the model over (${said}). Either it cannot run this kind of model, or its disk is full.`,
    advice: `Free some space (while it installs, Ollama needs up to three times the size of the model) and update Ollama, then install again. The model still runs in Tunesmith.`,
    retryable: true,
  },
  {
    when: /unable to load model|unsupported (?:model )?architecture|unknown model architecture|error loading model/i,
    code: 'ollama-refused',
    message: (said) => `Ollama cannot run this kind of model (${said}).`,
    advice:
      'Update Ollama and install again. If it is up to date, this model cannot run in Ollama; it still runs in Tunesmith.',
  },
  {
    when: /invalid model name|name .* is invalid/i,
    code: 'ollama-refused',
    message: () => 'Ollama does not accept the name of the model.',
    advice: 'Choose another name: letters, digits, "-", "_" and ".".',
  },
  {
    when: /model .* not found/i,
    code: 'file-not-found',
    message: (said) => `Ollama does not have that model (${said}).`,
    advice: 'List the models that are there, and check the name.',
  },
  {
    when: /permission denied|access is denied|read-only file system/i,
    code: 'ollama-refused',
    message: (said) => `Ollama may not write to the folder where it keeps its models (${said}).`,
    advice: 'Give the account that Ollama runs as the right to write there, then install again.',
  },
  {
    when: /path or modelfile are required|neither 'from' or 'files'|no FROM line/i,
    code: 'ollama-too-old',
    message: () => 'This Ollama is too old to take a model file.',
    advice: `Update Ollama, then install again. ${getOllama}.`,
  },
];

/**
 * Anything thrown while talking to Ollama, as an error in a person's words. `doing` completes "while …" in the message about
 * a connection that broke. Errors that are in words already pass through.
 */
export function ollamaError(thrown: unknown, address: string, doing: string): TunesmithError {
  if (thrown instanceof TunesmithError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return cancelled();
  const status = statusOf(thrown);
  if (status !== undefined) return refusal(status, (thrown as Error).message, address, thrown);
  if (thrown instanceof SyntaxError) {
    return new TunesmithError('ollama-unreachable', `What answers at ${address} is not Ollama.`, {
      advice: 'Check the address in OLLAMA_HOST.',
      cause: thrown,
    });
  }
  const code = systemCode(thrown);
  if (
    code !== undefined &&
    /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/.test(code)
  ) {
    return new TunesmithError('ollama-unreachable', `Ollama does not answer at ${address}.`, {
      advice: 'Start Ollama (open its app, or run "ollama serve"), then try again.',
      retryable: true,
      cause: thrown,
    });
  }
  const broken =
    code !== undefined &&
    /^(?:ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_DESTROYED)$/.test(code);
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  if (broken || thrown instanceof StalledError || /socket hang up|aborted|Did not receive done/i.test(why)) {
    return interrupted(doing, thrown);
  }
  return new TunesmithError('internal', `Something went wrong while ${doing}: ${why}`, { cause: thrown });
}

export function cancelled(): TunesmithError {
  return new TunesmithError('cancelled', 'The work was cancelled.', { retryable: true });
}

export function interrupted(doing: string, cause?: unknown): TunesmithError {
  return new TunesmithError('ollama-interrupted', `Ollama stopped answering while ${doing}.`, {
    advice:
      'Nothing is lost. Check that Ollama is running and that the disk with its models is not full, then try again.',
    retryable: true,
    cause,
  });
}

function refusal(status: number, said: string, address: string, cause: unknown): TunesmithError {
  const rule = rules.find(({ when }) => when.test(said));
  if (rule !== undefined) {
    return new TunesmithError(rule.code, rule.message(said), {
      advice: rule.advice,
      retryable: rule.retryable ?? false,
      cause,
    });
  }
  if (status === 403) {
    return new TunesmithError('ollama-refused', `Ollama at ${address} does not take requests from this program.`, {
      advice: 'Check the address in OLLAMA_HOST, and OLLAMA_ORIGINS on the computer that Ollama runs on.',
      cause,
    });
  }
  if (status === 404 || status === 405) {
    return new TunesmithError(
      'ollama-too-old',
      `What answers at ${address} does not know what it was asked, as an Ollama that is too old would not.`,
      {
        advice: `Update Ollama, then try again. ${getOllama}.`,
        cause,
      },
    );
  }
  return new TunesmithError('ollama-refused', `Ollama refused: ${said === '' ? `status ${status}` : said}.`, {
    advice: "Look at Ollama's log for more, or try again.",
    retryable: status >= 500,
    cause,
  });
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof OllamaRefusal) return thrown.status;
  // The `ollama` package's own error class is not exported.
  if (thrown instanceof Error && 'status_code' in thrown) return Number(thrown.status_code);
  return undefined;
}

function systemCode(thrown: unknown): string | undefined {
  for (let each: unknown = thrown; each instanceof Error; each = each.cause) {
    if (each instanceof AggregateError) return systemCode(each.errors[0]);
    if ('code' in each && typeof each.code === 'string') return each.code;
  }
  return undefined;
}
