import type { z } from 'zod';
import type { Contract, Handlers } from '../contract/define.ts';
import { toFailure, TunesmithError, type Failure } from '../domain/errors.ts';
import { defaultMessageLimitBytes, eventWindow, isWithin, upMessageSchema, type DownMessage } from './message.ts';
import type { Port } from './port.ts';

export interface ServeOptions {
  readonly messageLimitBytes?: number;
  /** Told of every message that was refused before any handler saw it. */
  readonly onRefused?: (failure: Failure) => void;
  /** Told of what a handler threw that is no expected failure: its stack does not cross. */
  readonly onBug?: (thrown: unknown, name: string) => void;
}

type Handler = (input: unknown, signal: AbortSignal) => Promise<unknown> | AsyncIterable<unknown>;

interface OpenCall {
  readonly controller: AbortController;
  /** Events that may still be sent before the caller asks for more. */
  room: number;
  wake: (() => void) | undefined;
}

/**
 * Answers a contract's calls over a port. Every input is parsed before its handler runs; whatever a handler throws
 * crosses as a `Failure`. A message that is malformed, too large, names nothing in the contract or re-uses the id of
 * an open call is refused with `bad-request` and changes nothing. When the port closes, every open call is aborted.
 */
export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  port: Port,
  options: ServeOptions = {},
): { readonly openCalls: number } {
  const limitBytes = options.messageLimitBytes ?? defaultMessageLimitBytes;
  const open = new Map<number, OpenCall>();

  function post(message: DownMessage): void {
    if (!isWithin(message, limitBytes)) {
      throw new TunesmithError('internal', 'The answer is too large to be handed over.');
    }
    port.post(message);
  }

  function fail(id: number | null, failure: Failure): void {
    try {
      post({ type: 'fail', id, failure });
    } catch {
      // The other side is gone: there is nobody left to tell.
    }
  }

  function refuse(id: number | null, message: string): void {
    const failure: Failure = { code: 'bad-request', message, retryable: false };
    options.onRefused?.(failure);
    fail(id, failure);
  }

  async function sendEvents(id: number, call: OpenCall, events: AsyncIterable<unknown>): Promise<void> {
    let sequence = 0;
    for await (const value of events) {
      const { signal } = call.controller;
      if (call.room === 0 && !signal.aborted) await new Promise<void>((resolve) => (call.wake = resolve));
      signal.throwIfAborted();
      call.room -= 1;
      post({ type: 'event', id, sequence, value });
      sequence += 1;
    }
  }

  async function answer(id: number, name: string, input: unknown): Promise<void> {
    const definition = Object.hasOwn(contract, name) ? contract[name] : undefined;
    if (definition === undefined) return refuse(id, `There is nothing called "${name.slice(0, 40)}" to ask for.`);
    const parsed = definition.input.safeParse(input);
    if (!parsed.success) return refuse(id, `The request "${name}" is not as it must be: ${sayIssues(parsed.error)}`);

    const call: OpenCall = { controller: new AbortController(), room: eventWindow, wake: undefined };
    open.set(id, call);
    let last: DownMessage;
    try {
      const result = (handlers[name] as Handler)(parsed.data, call.controller.signal);
      if (definition.kind === 'request') {
        last = { type: 'done', id, value: await (result as Promise<unknown>) };
      } else {
        await sendEvents(id, call, result as AsyncIterable<unknown>);
        // Not undefined: a port of JSON texts would lose the key, and the end of the stream with it.
        last = { type: 'done', id, value: null };
      }
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code === 'internal') options.onBug?.(thrown, name);
      last = { type: 'fail', id, failure };
    }
    // The id is free before the answer leaves, so that the caller may use it again at once.
    open.delete(id);
    try {
      post(last);
    } catch (thrown) {
      fail(id, toFailure(thrown));
    }
  }

  port.onMessage((message) => {
    if (!isWithin(message, limitBytes)) return refuse(null, 'A message was too large.');
    const parsed = upMessageSchema.safeParse(message);
    if (!parsed.success) return refuse(null, 'A message was not one of the known kinds.');
    const up = parsed.data;
    const call = open.get(up.id);
    if (up.type === 'call') {
      if (call !== undefined) return refuse(null, `Call ${up.id} is already open.`);
      void answer(up.id, up.name, up.input);
      return;
    }
    // The call may have ended while this message was on its way: nothing to do then.
    if (call === undefined) return;
    if (up.type === 'cancel') call.controller.abort(cancelled());
    else call.room = Math.min(call.room + up.count, eventWindow);
    call.wake?.();
    call.wake = undefined;
  });

  port.onClose(() => {
    for (const call of open.values()) {
      call.controller.abort(cancelled());
      call.wake?.();
    }
  });

  return {
    get openCalls() {
      return open.size;
    },
  };
}

function cancelled(): TunesmithError {
  return new TunesmithError('cancelled', 'The work was cancelled.', { retryable: true });
}

/** The first few findings of zod in one line: `rank: Too small: …`. */
export function sayIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`))
    .join('; ');
}
