import type { WebSocket } from 'ws';
import { TunesmithError } from '#common/domain/errors.ts';
import { portEvents, type Port } from '#common/wire/port.ts';

/** A port over a WebSocket; messages are JSON texts. Anything else that arrives is handed on as nothing, to be refused. */
export function socketPort(socket: WebSocket): Port {
  const events = portEvents();
  socket.on('message', (data, isBinary) => events.message(isBinary ? undefined : parse(String(data))));
  socket.on('close', () => events.closed());
  // A close always follows.
  socket.on('error', () => {});
  return {
    post(message) {
      if (events.isClosed || socket.readyState !== socket.OPEN) {
        throw new TunesmithError('process-died', 'The window has gone.', { retryable: true });
      }
      socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => events.onMessage(listener),
    onClose: (listener) => events.onClose(listener),
    close() {
      socket.close();
      events.closed();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
