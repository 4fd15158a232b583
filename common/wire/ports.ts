/**
 * Ports over what Node, Electron and browsers offer. Only shapes are named here, no module is imported, so that
 * every side can use them.
 */
import { TunesmithError, type Failure } from '../domain/errors.ts';
import { portEvents, type Port } from './port.ts';

/** A `ChildProcess` seen from its parent, or the `process` object seen from the child. */
export interface ProcessLike {
  send?: ((message: unknown, callback: (error: Error | null) => void) => boolean) | undefined;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  readonly connected?: boolean;
  disconnect?: (() => void) | undefined;
}

/**
 * A port over Node's process messages (fork with `serialization: 'advanced'`). The port closes itself only where
 * `closeOnDisconnect` says so: a parent that can learn why its child ended closes it with `closed` instead.
 */
export function processPort(
  other: ProcessLike,
  { closeOnDisconnect }: { closeOnDisconnect: boolean },
): Port & { closed(why: Failure): void } {
  const events = portEvents();
  other.on('message', (message) => events.message(message));
  if (closeOnDisconnect) other.on('disconnect', () => events.closed());
  return {
    post(message) {
      if (events.isClosed || other.send === undefined || other.connected === false) {
        throw new TunesmithError('process-died', 'The other process has ended.', { retryable: true });
      }
      // A message that cannot be written because the other side went is answered by the port's closing.
      other.send(message, () => {});
    },
    onMessage: (listener) => events.onMessage(listener),
    onClose: (listener) => events.onClose(listener),
    close() {
      if (other.connected !== false) other.disconnect?.();
      events.closed();
    },
    closed: (why) => events.closed(why),
  };
}

/** `process.parentPort` of a utility process of Electron. */
export interface ParentPortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}

/** A utility process has no channel that closes when it is to end: its parent says so in this message. */
export const goodbye = 'tunesmith:goodbye';

/** A child's port to the process that started it, be that Node (fork) or Electron (a utility process). It closes when the child is to end. */
export function portToParent(own: ProcessLike & { readonly parentPort?: ParentPortLike }): Port {
  const { parentPort } = own;
  if (parentPort === undefined) return processPort(own, { closeOnDisconnect: true });
  const events = portEvents();
  parentPort.on('message', ({ data }) => (data === goodbye ? events.closed() : events.message(data)));
  return {
    post(message) {
      if (events.isClosed)
        throw new TunesmithError('process-died', 'The other process has ended.', { retryable: true });
      parentPort.postMessage(message);
    },
    onMessage: (listener) => events.onMessage(listener),
    onClose: (listener) => events.onClose(listener),
    close: () => events.closed(),
  };
}

/** Either end of a `MessageChannel`. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  addEventListener(event: string, listener: (event: object) => void): void;
  start?(): void;
  close(): void;
}

export function messagePort(other: MessagePortLike): Port {
  const events = portEvents();
  other.addEventListener('message', (event) => events.message((event as { readonly data: unknown }).data));
  other.addEventListener('close', () => events.closed());
  other.start?.();
  return {
    post(message) {
      if (events.isClosed) throw new TunesmithError('process-died', 'The other side has closed.', { retryable: true });
      other.postMessage(message);
    },
    onMessage: (listener) => events.onMessage(listener),
    onClose: (listener) => events.onClose(listener),
    close() {
      other.close();
      events.closed();
    },
  };
}
