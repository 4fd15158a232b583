/** A child process for the supervisor's tests: does on request what a native library may do to us. */
import { request, stream } from '#common/contract/define.ts';
import { processPort, type ProcessLike } from '#common/wire/ports.ts';
import { serve } from '#common/wire/serve.ts';
import { z } from 'zod';

export const wireChildContract = {
  pid: request(z.object({}), z.int()),
  /** After so many milliseconds. */
  slowPid: request(z.object({ ms: z.int() }), z.int()),
  die: request(z.object({ how: z.enum(['abort', 'kill', 'exit', 'throw', 'segv', 'bug']) }), z.null()),
  hang: request(z.object({ heedsCancel: z.boolean() }), z.null()),
  ticks: stream(z.object({ dieAt: z.int().optional(), heedsCancel: z.boolean().default(true) }), z.int()),
} as const;

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  process.on('SIGINT', () => {});
  const port = processPort(process as unknown as ProcessLike, { closeOnDisconnect: true });
  port.onClose(() => process.exit(0));
  serve(
    wireChildContract,
    {
      pid: async () => process.pid,
      slowPid: ({ ms }) => new Promise((resolve) => setTimeout(() => resolve(process.pid), ms)),
      die: async ({ how }) => {
        console.error(`about to ${how}`);
        if (how === 'bug') throw new RangeError('one too many');
        if (how === 'abort') {
          console.error('GGML_ASSERT(false) failed');
          process.abort();
        }
        if (how === 'kill') process.kill(process.pid, 'SIGKILL');
        if (how === 'segv') process.kill(process.pid, 'SIGSEGV');
        if (how === 'exit') process.exit(0);
        setTimeout(() => {
          throw new Error('out of the blue');
        });
        return new Promise(() => {});
      },
      hang: ({ heedsCancel }, signal) =>
        new Promise((_resolve, reject) => {
          if (heedsCancel) signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      async *ticks({ dieAt, heedsCancel }, signal) {
        for (let tick = 0; ; tick += 1) {
          if (tick === dieAt) process.kill(process.pid, 'SIGKILL');
          await new Promise((resolve) => setTimeout(resolve, heedsCancel || tick < 3 ? 2 : 1e8));
          if (heedsCancel) signal.throwIfAborted();
          yield tick;
        }
      },
    },
    port,
    { onBug: (thrown) => console.error(thrown) },
  );
}
