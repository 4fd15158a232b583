import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { goodbye, portToParent, type ParentPortLike, type ProcessLike } from './ports.ts';

function utility() {
  const sent: unknown[] = [];
  const parentPort = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => sent.push(message) });
  const own = Object.assign(new EventEmitter(), { parentPort: parentPort as ParentPortLike }) as unknown as ProcessLike;
  return { sent, parentPort, port: portToParent(own) };
}

test('in a utility process messages go over its parent’s port, both ways', () => {
  const { sent, parentPort, port } = utility();
  const heard: unknown[] = [];
  parentPort.emit('message', { data: 'early' });
  port.onMessage((message) => heard.push(message));
  parentPort.emit('message', { data: { type: 'call' } });
  port.post('answer');
  expect(heard).toEqual(['early', { type: 'call' }]);
  expect(sent).toEqual(['answer']);
});

test('the parent’s goodbye closes it, and is no message', () => {
  const { parentPort, port } = utility();
  const heard: unknown[] = [];
  let closed = 0;
  port.onMessage((message) => heard.push(message));
  port.onClose(() => (closed += 1));
  parentPort.emit('message', { data: goodbye });
  expect([closed, heard]).toEqual([1, []]);
  expect(() => port.post('late')).toThrow(/has ended/);
});
