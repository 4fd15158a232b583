import type { Failure } from '../domain/errors.ts';

/**
 * Two-way pipe of plain data that the wire runs over: a child process, a MessageChannel, Electron's IPC, a
 * WebSocket. Messages arrive in the order in which they were posted. A port hands out what came before
 * `onMessage` was called as soon as it is called.
 */
export interface Port {
  /** Sends one message of structured-cloneable data. Throws where it cannot be sent (closed, not cloneable). */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other side has gone, with what is known of why. */
  onClose(listener: (why: Failure) => void): void;
  close(): void;
}

/** What is said of a port that closed when nothing better is known. */
export const portClosed: Failure = {
  code: 'process-died',
  message: 'The connection to the other part of Tunesmith closed before the work was finished.',
  advice: 'Try again.',
  retryable: true,
};

/** Keeps the two listeners of a port; the adapters in ports.ts feed it. */
export interface PortEvents {
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: (why: Failure) => void): void;
  message(message: unknown): void;
  closed(why?: Failure): void;
  readonly isClosed: boolean;
}

export function portEvents(): PortEvents {
  let messageListener: ((message: unknown) => void) | undefined;
  const waiting: unknown[] = [];
  const closeListeners: ((why: Failure) => void)[] = [];
  let closedWhy: Failure | undefined;
  return {
    onMessage(listener) {
      messageListener = listener;
      for (const message of waiting.splice(0)) listener(message);
    },
    onClose(listener) {
      if (closedWhy === undefined) closeListeners.push(listener);
      else listener(closedWhy);
    },
    message(message) {
      if (closedWhy !== undefined) return;
      if (messageListener === undefined) waiting.push(message);
      else messageListener(message);
    },
    closed(why = portClosed) {
      if (closedWhy !== undefined) return;
      closedWhy = why;
      for (const listener of closeListeners.splice(0)) listener(why);
    },
    get isClosed() {
      return closedWhy !== undefined;
    },
  };
}
