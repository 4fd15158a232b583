import type { OllamaServer } from './client.ts';
import { OllamaRefusal, interrupted } from './errors.ts';
import { errorText, readJsonLines, readText, send } from './http.ts';

/** Parameters as a Modelfile names them. Ollama takes unknown ones in silence, so only these exist here. */
export interface ModelParameters {
  readonly temperature?: number;
  readonly repeat_penalty?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly min_p?: number;
  readonly num_ctx?: number;
  readonly num_predict?: number;
  readonly seed?: number;
}

/** What the reference case set by hand: close to the examples, without getting stuck in a loop. */
export const defaultParameters = { temperature: 0.2, repeat_penalty: 1.1 } as const satisfies ModelParameters;

/**
 * The parser that changes nothing about an answer. Naming one makes Ollama (seen on 0.34) use the template it is given; it
 * otherwise prefers the file's own wherever that one knows more, such as tools or thinking.
 */
export const passthroughParser = 'passthrough';

export interface CreateRequest {
  readonly name: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly template?: string | undefined;
  readonly system?: string | undefined;
  readonly license?: string | undefined;
  readonly stops: readonly string[];
  readonly parameters: ModelParameters;
  readonly onStatus?: (status: string, completed: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a model of a blob that was uploaded. Resolves only when the server said `success`.
 * @throws OllamaRefusal also for an `error` line that comes after the answer began well
 */
export async function createModel(server: OllamaServer, request: CreateRequest): Promise<void> {
  const response = await send(server.address, {
    method: 'POST',
    path: '/api/create',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(createBody(request)),
    signal: request.signal,
  });
  const status = response.statusCode ?? 500;
  if (status !== 200) throw new OllamaRefusal(status, errorText(await readText(response)));
  for await (const line of readJsonLines(response)) {
    const { error, status: said, completed, total } = line as Partial<Record<string, unknown>>;
    if (error !== undefined) throw new OllamaRefusal(status, String(error));
    if (said === 'success') return;
    request.onStatus?.(String(said ?? ''), Number(completed ?? 0), Number(total ?? 0));
  }
  throw interrupted('it made the model');
}

function createBody(request: CreateRequest): Record<string, unknown> {
  const stops = request.stops.length === 0 ? {} : { stop: [...request.stops] };
  return {
    model: request.name,
    files: { [request.fileName]: `sha256:${request.sha256}` },
    ...(request.template === undefined ? {} : { template: request.template, parser: passthroughParser }),
    ...(request.system === undefined ? {} : { system: request.system }),
    ...(request.license === undefined ? {} : { license: request.license }),
    parameters: { ...request.parameters, ...stops },
    stream: true,
  };
}
