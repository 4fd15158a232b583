import { portEvents, type Port } from '#common/wire/port.ts';

/** A port over a WebSocket of the page's own host; messages are JSON texts. */
export function socketPort(url: string): Port {
  const socket = new WebSocket(url);
  const events = portEvents();
  const unsent: string[] = [];
  socket.addEventListener('open', () => {
    for (const text of unsent.splice(0)) socket.send(text);
  });
  socket.addEventListener('message', ({ data }) => {
    try {
      events.message(JSON.parse(data as string));
    } catch {
      // A message that is no JSON comes from no host of ours.
    }
  });
  socket.addEventListener('close', ({ reason }) => {
    events.closed(reason === '' ? undefined : { code: 'process-died', message: reason, retryable: true });
  });
  return {
    post(message) {
      const text = JSON.stringify(message);
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else unsent.push(text);
    },
    onMessage: (listener) => events.onMessage(listener),
    onClose: (listener) => events.onClose(listener),
    close: () => socket.close(),
  };
}
