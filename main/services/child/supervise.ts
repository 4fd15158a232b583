import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '#common/wire/connect.ts';
import type { Client, Contract } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { describeDeath } from './death.ts';
import { forkNode } from './fork.ts';
import type { Launch, LaunchedChild } from './launch.ts';
import { appendLog } from './tail.ts';

export interface SuperviseOptions<C extends Contract = Contract> {
  /** Path of the module that the child runs. */
  readonly entry: string;
  /** What people call this part, for messages. */
  readonly part: string;
  /** Gets the child's last words when it dies. */
  readonly logFile?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Most that its JavaScript objects may take together; beyond it the child dies. */
  readonly heapLimitMegabytes?: number;
  /** How the child is started; Node's fork where nothing else is said. */
  readonly launch?: Launch | undefined;
  /** How long a cancelled call may take to end before the child is killed. */
  readonly cancelGraceMs?: number;
  /** Calls that change nothing, so that they may be made twice. */
  readonly repeatable?: readonly (keyof C & string)[];
}

export interface Supervised<C extends Contract> extends AsyncDisposable {
  readonly client: Client<C>;
  /** Process id of the running child, for tests and reports; undefined while none runs. */
  readonly pid: number | undefined;
}

interface Running {
  readonly child: LaunchedChild;
  /** Keeps the last words in the log file, where there is one. True where they are there now. */
  readonly log: (title: string) => boolean;
  readonly client: Client<Contract>;
  readonly exited: Promise<void>;
  /** It is being killed for a cancelled call that did not end. */
  isGivenUp: boolean;
}

/**
 * A contract answered by a child process that is started at the first call and again at the first call after its
 * death. A death rejects all open calls with `process-died` in plain words. A cancelled call that does not end in
 * time ends with the child's being killed, and still reads as `cancelled`; the repeatable ones among the calls beside
 * it are made again in the next child, unless a stream of theirs has begun.
 */
export function supervise<C extends Contract>(contract: C, options: SuperviseOptions<C>): Supervised<C> {
  const cancelGraceMs = options.cancelGraceMs ?? 2000;
  const repeatable: ReadonlySet<string> = new Set(options.repeatable);
  let running: Running | undefined;
  const living = new Set<Running>();
  let disposed = false;

  function current(): Running {
    if (disposed) throw new TunesmithError('internal', `The ${options.part} was closed already.`);
    if (running !== undefined) return running;
    const started = start(contract, options, () => {
      living.delete(started);
      if (running === started) running = undefined;
    });
    living.add(started);
    running = started;
    return started;
  }

  function killAfterGrace(target: Running): NodeJS.Timeout {
    return setTimeout(() => {
      target.isGivenUp = true;
      // What is asked from now on is asked of the next one.
      if (running === target) running = undefined;
      target.child.kill();
    }, cancelGraceMs);
  }

  /** The child was killed for another call's sake, and nothing came of this one yet. */
  function isToBeRepeated(name: string, target: Running, error: unknown, signal: AbortSignal | undefined): boolean {
    return repeatable.has(name) && target.isGivenUp && isDeath(error) && signal?.aborted !== true && !disposed;
  }

  async function callRequest(name: string, input: unknown, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    const target = current();
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => (timer = killAfterGrace(target));
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await (target.client[name] as unknown as (input: unknown, signal?: AbortSignal) => Promise<unknown>)(
        input,
        signal,
      );
    } catch (error) {
      if (isToBeRepeated(name, target, error, signal)) return await callRequest(name, input, signal);
      if (isBug(error)) await logBug(target, name);
      throw afterCancel(error, signal);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    }
  }

  async function* callStream(name: string, input: unknown, signal?: AbortSignal): AsyncGenerator<unknown> {
    signal?.throwIfAborted();
    const target = current();
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => (timer ??= killAfterGrace(target));
    signal?.addEventListener('abort', onAbort, { once: true });
    const call = target.client[name] as unknown as (input: unknown, signal?: AbortSignal) => AsyncIterable<unknown>;
    const events = call(input, signal)[Symbol.asyncIterator]();
    let ended = false;
    let hasBegun = false;
    try {
      for (;;) {
        const next = await events.next();
        if (next.done === true) break;
        hasBegun = true;
        yield next.value;
      }
      ended = true;
    } catch (error) {
      ended = true;
      if (!hasBegun && isToBeRepeated(name, target, error, signal)) return yield* callStream(name, input, signal);
      if (isBug(error)) await logBug(target, name);
      throw afterCancel(error, signal);
    } finally {
      if (!ended) {
        timer ??= killAfterGrace(target);
        await events.return?.();
      }
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    }
  }

  async function logBug(target: Running, name: string): Promise<void> {
    // Its stack comes on standard error, which may be a little behind the wire.
    await delay(50);
    target.log(`${options.part}: ${name} failed`);
  }

  const client: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(contract)) {
    client[name] =
      definition.kind === 'request'
        ? (input: unknown, signal?: AbortSignal) => callRequest(name, input, signal)
        : (input: unknown, signal?: AbortSignal) => callStream(name, input, signal);
  }

  return {
    client: client as Client<C>,
    get pid() {
      return running?.child.pid;
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      // A child exits by itself when its channel closes; one that is stuck in native code is killed.
      for (const { child } of living) child.leave();
      const timer = setTimeout(() => {
        for (const { child } of living) child.kill();
      }, cancelGraceMs);
      await Promise.all([...living].map(({ exited }) => exited));
      clearTimeout(timer);
    },
  };
}

function start<C extends Contract>(contract: C, options: SuperviseOptions<C>, onExit: () => void): Running {
  const { entry, part, env, logFile, heapLimitMegabytes } = options;
  const child = (options.launch ?? forkNode)({ entry, part, env, heapLimitMegabytes });
  const client = connect(contract, child.port) as unknown as Client<Contract>;
  const { promise: exited, resolve } = Promise.withResolvers<void>();

  const log = (title: string): boolean => logFile !== undefined && appendLog(logFile, title, child.stderrTail);

  const started: Running = { child, log, client, exited, isGivenUp: false };
  child.onEnd(({ exitCode, signal }) => {
    onExit();
    const title = `${part} (process ${child.pid ?? '?'}) ended with code ${exitCode}, signal ${signal}`;
    const isLogged = !(exitCode === 0 && signal === null) && log(title);
    const { stderrTail } = child;
    const { isGivenUp } = started;
    const death = { part, exitCode, signal, stderrTail, isGivenUp, logFile: isLogged ? logFile : undefined };
    child.port.closed(describeDeath(death));
    resolve();
  });
  return started;
}

function isDeath(error: unknown): boolean {
  return error instanceof TunesmithError && error.code === 'process-died';
}

function isBug(error: unknown): boolean {
  return error instanceof TunesmithError && error.code === 'internal';
}

function afterCancel(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true && isDeath(error)) {
    return new TunesmithError('cancelled', 'The work was cancelled.', { retryable: true, cause: error });
  }
  return error;
}
