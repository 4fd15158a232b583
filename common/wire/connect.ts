import type { Client, Contract, Definition } from '../contract/define.ts';
import { fromFailure, toFailure, TunesmithError, type Failure } from '../domain/errors.ts';
import { defaultMessageLimitBytes, downMessageSchema, eventWindow, isWithin, type UpMessage } from './message.ts';
import type { Port } from './port.ts';
import { sayIssues } from './serve.ts';

export interface ConnectOptions {
  readonly messageLimitBytes?: number;
  /** Told of every message from the other side that made no sense, and of every message it refused. */
  readonly onRefused?: (failure: Failure) => void;
}

/** What an open call does with the messages that come for it. Its listener never throws. */
interface OpenCall {
  event(value: unknown, sequence: number): void;
  done(value: unknown): void;
  fail(failure: Failure): void;
}

/**
 * The calling side of a contract over a port. Outputs and events are parsed; failures arrive as `TunesmithError`.
 * An AbortSignal asks the other side to stop, and the call then ends when that side has answered. Leaving a stream
 * early (`break`) cancels it too and waits for its end. When the port closes, all open calls reject with why.
 * Streams start at their first `next()`, keep order, and hold back the sender when nobody reads.
 */
export function connect<C extends Contract>(contract: C, port: Port, options: ConnectOptions = {}): Client<C> {
  const limitBytes = options.messageLimitBytes ?? defaultMessageLimitBytes;
  const open = new Map<number, OpenCall>();
  let lastId = 0;
  let closedWhy: Failure | undefined;

  port.onClose((why) => {
    closedWhy = why;
    const calls = [...open.values()];
    open.clear();
    for (const call of calls) call.fail(why);
  });

  port.onMessage((message) => {
    const parsed = isWithin(message, limitBytes) ? downMessageSchema.safeParse(message) : undefined;
    if (parsed === undefined || !parsed.success) {
      options.onRefused?.(unexpected('a message that makes no sense'));
      return;
    }
    const down = parsed.data;
    if (down.type === 'fail' && down.id === null) {
      options.onRefused?.(down.failure);
      return;
    }
    // Events of a call that was given up may still be on their way.
    const call = open.get(down.id as number);
    if (call === undefined) return;
    if (down.type === 'event') return call.event(down.value, down.sequence);
    open.delete(down.id as number);
    if (down.type === 'done') call.done(down.value);
    else call.fail(down.failure);
  });

  function post(message: UpMessage): void {
    if (!isWithin(message, limitBytes)) {
      throw new TunesmithError('bad-request', 'The request is too large.', {
        advice: 'Hand large data over as a file.',
      });
    }
    port.post(message);
  }

  function tryPost(message: UpMessage): void {
    try {
      post(message);
    } catch {
      // The port is closed or closing; its onClose ends the call.
    }
  }

  function nextId(): number {
    lastId += 1;
    return lastId;
  }

  function begin(id: number, name: string, input: unknown, call: OpenCall): void {
    if (closedWhy !== undefined) throw fromFailure(closedWhy);
    open.set(id, call);
    try {
      post({ type: 'call', id, name, input });
    } catch (thrown) {
      open.delete(id);
      throw fromFailure(toFailure(thrown));
    }
  }

  async function callRequest(definition: Definition, name: string, input: unknown, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = nextId();
    begin(id, name, input, {
      event: () => tryPost({ type: 'cancel', id }),
      done: resolve,
      fail: (failure) => reject(fromFailure(failure)),
    });
    const cancel = () => tryPost({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const value = await promise;
      const output = definition.kind === 'request' ? definition.output : undefined;
      const parsed = output?.safeParse(value);
      if (parsed === undefined || !parsed.success) {
        throw fromFailure(unexpected(`an answer to "${name}" that is not as agreed`, parsed?.error));
      }
      return parsed.data;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async function* callStream(definition: Definition, name: string, input: unknown, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const queue: unknown[] = [];
    let end: { readonly failure?: Failure } | undefined;
    let ended = false;
    let expected = 0;
    let wake = (): void => {};
    const giveUp = (failure: Failure): void => {
      tryPost({ type: 'cancel', id });
      end ??= { failure };
      wake();
    };
    const id = nextId();
    begin(id, name, input, {
      event(value, sequence) {
        if (end !== undefined) return;
        if (sequence !== expected) return giveUp(unexpected(`events of "${name}" out of order`));
        expected += 1;
        const parsed = definition.kind === 'stream' ? definition.event.safeParse(value) : undefined;
        if (parsed === undefined || !parsed.success) {
          return giveUp(unexpected(`an event of "${name}" that is not as agreed`, parsed?.error));
        }
        queue.push(parsed.data);
        wake();
      },
      done() {
        ended = true;
        end ??= {};
        wake();
      },
      fail(failure) {
        ended = true;
        end ??= { failure };
        wake();
      },
    });
    const cancel = () => tryPost({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    let unreported = 0;
    const isEnded = (): boolean => ended;
    try {
      for (;;) {
        while (queue.length > 0) {
          yield queue.shift();
          unreported += 1;
          if (unreported >= eventWindow / 2) {
            tryPost({ type: 'more', id, count: unreported });
            unreported = 0;
          }
        }
        const over = end as { readonly failure?: Failure } | undefined;
        if (over?.failure !== undefined) throw fromFailure(over.failure);
        if (over !== undefined) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', cancel);
      if (!isEnded()) {
        end ??= {};
        tryPost({ type: 'cancel', id });
        while (!isEnded()) await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  }

  const client: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(contract)) {
    client[name] =
      definition.kind === 'request'
        ? (input: unknown, signal?: AbortSignal) => callRequest(definition, name, input, signal)
        : (input: unknown, signal?: AbortSignal) => callStream(definition, name, input, signal);
  }
  return client as Client<C>;
}

function unexpected(what: string, error?: Parameters<typeof sayIssues>[0]): Failure {
  const details = error === undefined ? '' : ` (${sayIssues(error)})`;
  return {
    code: 'internal',
    message: `One part of Tunesmith sent another ${what}${details}.`,
    advice: 'This is a bug. Please report it with this message.',
    retryable: false,
  };
}
