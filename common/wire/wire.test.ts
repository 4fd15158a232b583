import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { request, stream, type Client, type Handlers } from '../contract/define.ts';
import { TunesmithError, type Failure } from '../domain/errors.ts';
import { connect, type ConnectOptions } from './connect.ts';
import { eventWindow, isWithin } from './message.ts';
import type { Port } from './port.ts';
import { messagePort } from './ports.ts';
import { serve, type ServeOptions } from './serve.ts';

const contract = {
  add: request(z.object({ a: z.number(), b: z.number() }), z.number()),
  refuse: request(z.object({ kind: z.enum(['expected', 'bug', 'text']) }), z.null()),
  forever: request(z.object({}), z.null()),
  lie: request(z.object({}), z.number()),
  huge: request(z.object({}), z.string()),
  count: stream(
    z.object({ to: z.int(), lieAt: z.int().default(-1), failAt: z.int().default(-1) }),
    z.object({ n: z.int() }),
  ),
} as const;

interface Seen {
  calls: number;
  produced: number;
  finished: number;
  aborted: number;
}

function handlers(seen: Seen): Handlers<typeof contract> {
  return {
    add: async ({ a, b }) => {
      seen.calls += 1;
      return a + b;
    },
    refuse: async ({ kind }) => {
      seen.calls += 1;
      if (kind === 'expected') throw new TunesmithError('disk-full', 'No room.', { advice: 'Make some.' });
      if (kind === 'bug') throw new RangeError('off by one');
      throw 'just text';
    },
    forever: (_input, signal) =>
      new Promise((_resolve, reject) => {
        seen.calls += 1;
        signal.addEventListener('abort', () => {
          seen.aborted += 1;
          reject(signal.reason as Error);
        });
      }),
    lie: async () => 'not a number' as unknown as number,
    huge: async () => 'x'.repeat(4096),
    async *count({ to, lieAt, failAt }) {
      seen.calls += 1;
      try {
        for (let n = 0; n < to; n += 1) {
          seen.produced += 1;
          if (n === failAt) throw new TunesmithError('file-corrupt', 'Broken.');
          yield n === lieAt ? ({ n: 'one' } as unknown as { n: number }) : { n };
        }
      } finally {
        seen.finished += 1;
      }
    },
  };
}

const openPorts: Port[] = [];
afterEach(() => {
  for (const port of openPorts.splice(0)) port.close();
});

function pair(options: { serve?: ServeOptions; connect?: ConnectOptions } = {}) {
  const channel = new MessageChannel();
  const [up, down] = [messagePort(channel.port1), messagePort(channel.port2)];
  openPorts.push(up, down);
  const seen: Seen = { calls: 0, produced: 0, finished: 0, aborted: 0 };
  const server = serve(contract, handlers(seen), down, options.serve);
  const client: Client<typeof contract> = connect(contract, up, options.connect);
  return { client, server, seen, up, down };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

async function failureOf(work: Promise<unknown>): Promise<TunesmithError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(TunesmithError);
  return thrown as TunesmithError;
}

async function drain(events: AsyncIterable<{ n: number }>): Promise<number[]> {
  const list: number[] = [];
  for await (const { n } of events) list.push(n);
  return list;
}

describe('requests', () => {
  test('many at once each get their own answer', async () => {
    const { client } = pair();
    const sums = await Promise.all(Array.from({ length: 200 }, (_, a) => client.add({ a, b: 1 })));
    expect(sums).toEqual(Array.from({ length: 200 }, (_, a) => a + 1));
  });

  test('failures cross as data and arrive as errors', async () => {
    const { client } = pair();
    const expected = await failureOf(client.refuse({ kind: 'expected' }));
    expect(expected).toMatchObject({ code: 'disk-full', message: 'No room.', advice: 'Make some.' });
    expect((await failureOf(client.refuse({ kind: 'bug' }))).message).toContain('off by one');
    expect((await failureOf(client.refuse({ kind: 'text' }))).code).toBe('internal');
  });

  test('wrong input is refused before the handler sees it', async () => {
    const { client, seen } = pair();
    const error = await failureOf(client.add({ a: 1, b: 'two' as unknown as number }));
    expect(error.code).toBe('bad-request');
    expect(error.message).toContain('b:');
    expect(seen.calls).toBe(0);
  });

  test('an answer that is not as agreed is an error, not data', async () => {
    const { client } = pair();
    expect((await failureOf(client.lie({}))).code).toBe('internal');
  });

  test('an input that cannot be cloned is an error and leaves the line usable', async () => {
    const { client } = pair();
    await failureOf(client.add({ a: (() => 1) as unknown as number, b: 1 }));
    expect(await client.add({ a: 1, b: 1 })).toBe(2);
  });

  test('an abort reaches the handler and ends the call', async () => {
    const { client, seen, server } = pair();
    const controller = new AbortController();
    const call = client.forever({}, controller.signal);
    await settle();
    controller.abort();
    expect((await failureOf(call)).code).toBe('cancelled');
    expect(seen.aborted).toBe(1);
    expect(server.openCalls).toBe(0);
  });

  test('an already aborted signal starts nothing', async () => {
    const { client, seen } = pair();
    await expect(client.forever({}, AbortSignal.abort())).rejects.toThrow();
    expect(seen.calls).toBe(0);
  });
});

describe('streams', () => {
  test('keep order and end', async () => {
    const { client, server } = pair();
    expect(await drain(client.count({ to: 1000 }))).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    expect(server.openCalls).toBe(0);
  });

  test('a failure comes after the events before it', async () => {
    const { client } = pair();
    const got: number[] = [];
    const work = (async () => {
      for await (const { n } of client.count({ to: 10, failAt: 5 })) got.push(n);
    })();
    expect((await failureOf(work)).code).toBe('file-corrupt');
    expect(got).toEqual([0, 1, 2, 3, 4]);
  });

  test('nobody reading holds the sender back', async () => {
    const { client, seen } = pair();
    const events = client.count({ to: 100_000 })[Symbol.asyncIterator]();
    await events.next();
    await settle();
    expect(seen.produced).toBeLessThanOrEqual(eventWindow * 2);
    await events.return?.();
    expect(seen.finished).toBe(1);
  });

  test('leaving early ends the work on the other side first', async () => {
    const { client, seen, server } = pair();
    for await (const { n } of client.count({ to: 1_000_000 })) if (n === 3) break;
    expect(seen.finished).toBe(1);
    expect(server.openCalls).toBe(0);
  });

  test('an abort ends the stream with `cancelled`', async () => {
    const { client, seen } = pair();
    const controller = new AbortController();
    const work = (async () => {
      for await (const { n } of client.count({ to: 1_000_000 }, controller.signal)) if (n === 100) controller.abort();
    })();
    expect((await failureOf(work)).code).toBe('cancelled');
    expect(seen.finished).toBe(1);
  });

  test('an event that is not as agreed ends the call on both sides', async () => {
    const { client, server } = pair();
    const error = await failureOf(drain(client.count({ to: 100_000, lieAt: 7 })));
    expect(error.message).toContain('not as agreed');
    expect(server.openCalls).toBe(0);
  });

  test('two streams share the line', async () => {
    const { client } = pair();
    const [one, two] = await Promise.all([drain(client.count({ to: 300 })), drain(client.count({ to: 500 }))]);
    expect([one.length, two.length]).toEqual([300, 500]);
  });
});

describe('the line itself', () => {
  test('its closing rejects everything open and everything later, and aborts the handlers', async () => {
    const { client, seen, down } = pair();
    const forever = failureOf(client.forever({}));
    const events = client.count({ to: 1_000_000 })[Symbol.asyncIterator]();
    await events.next();
    await settle();
    down.close();
    expect((await forever).code).toBe('process-died');
    const rest = failureOf(
      (async () => {
        while ((await events.next()).done !== true);
      })(),
    );
    expect((await rest).code).toBe('process-died');
    expect((await failureOf(client.add({ a: 1, b: 1 }))).code).toBe('process-died');
    await settle();
    expect(seen.aborted).toBe(1);
    expect(seen.finished).toBe(1);
  });

  test('too large a request and too large an answer are errors', async () => {
    const { client } = pair({ serve: { messageLimitBytes: 4096 }, connect: { messageLimitBytes: 1024 } });
    const big = await failureOf(client.add({ a: 'x'.repeat(1000) as unknown as number, b: 0 }));
    expect(big.code).toBe('bad-request');
    expect((await failureOf(client.huge({}))).message).toContain('too large');
  });

  test('size is judged without walking for ever', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(isWithin(cyclic, 1e6)).toBe(false);
    expect(isWithin(new Array(1e9), 1e6)).toBe(false);
    expect(isWithin({ text: 'abc', list: [1, 2, new Map([[1, 2]])] }, 200)).toBe(true);
  });
});

describe('forged messages', () => {
  function mulberry(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  const odd: unknown[] = [
    undefined,
    null,
    true,
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    2 ** 60,
    '',
    'call',
    'constructor',
    '__proto__',
    'toString',
    [],
    {},
    [[]],
    new Map(),
    new Date(0),
    new Uint8Array(3),
    { a: 1 },
    { a: '1', b: 2 },
    { to: 'x' },
    10n,
  ];

  test('1,000 random malformed messages up: each refused with a code, no handler runs, the line still works', async () => {
    const refusedThere: Failure[] = [];
    const refusedHere: Failure[] = [];
    const { client, seen, up, server } = pair({
      serve: { onRefused: (failure) => refusedThere.push(failure) },
      connect: { onRefused: (failure) => refusedHere.push(failure) },
    });
    const random = mulberry(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let n = 0; n < 1000; n += 1) {
      const message =
        random() < 0.2
          ? pick(odd)
          : {
              type: pick(['call', 'call', 'cancel ', 'done', 'event', ...odd]),
              id: pick([n + 1000, ...odd]),
              name: pick(['add', 'count', 'refuse', '__proto__', 'constructor', 'hasOwnProperty', ...odd]),
              input: pick(odd),
              ...(random() < 0.3 ? { extra: 1 } : {}),
            };
      up.post(message);
    }
    expect(await client.add({ a: 2, b: 2 })).toBe(4);
    expect(seen.calls).toBe(1);
    expect(refusedThere).toHaveLength(1000);
    expect(refusedThere.every((failure) => failure.code === 'bad-request')).toBe(true);
    expect(refusedHere.length).toBeGreaterThan(0);
    expect(server.openCalls).toBe(0);
  });

  test('a second call under an open id changes nothing for the first', async () => {
    const { client, up, seen } = pair();
    const controller = new AbortController();
    const call = client.forever({}, controller.signal);
    up.post({ type: 'call', id: 1, name: 'add', input: { a: 1, b: 1 } });
    await settle();
    expect(seen.calls).toBe(1);
    controller.abort();
    expect((await failureOf(call)).code).toBe('cancelled');
  });

  test('nonsense down is reported and ignored', async () => {
    const refused: Failure[] = [];
    const { client, down } = pair({ connect: { onRefused: (failure) => refused.push(failure) } });
    const sum = client.add({ a: 1, b: 2 });
    for (const message of odd.slice(0, 12)) down.post(message);
    down.post({ type: 'done', id: 99, value: 5 });
    down.post({ type: 'fail', id: 1, failure: { code: 'no-such-code', message: 'x', retryable: false } });
    expect(await sum).toBe(3);
    expect(refused).toHaveLength(13);
  });
});
