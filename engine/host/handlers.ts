import type { EngineContract } from '#common/contract/engine.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { heavyWork } from './heavy-work.ts';

/**
 * What the engine's process answers. Each entry loads its part when it is first asked, so that looking at a file
 * does not load the trainer.
 */
export function engineHandlers(): Handlers<EngineContract> {
  const heavy = heavyWork();
  const pauses = new Map<string, () => void>();
  return {
    devices: async () => (await import('./devices.ts')).devices(),
    inspect: async ({ path }) => (await import('./inspect.ts')).inspect(path),
    async *preview(input, signal) {
      const { preview } = await import('./preview.ts');
      yield* preview(input, signal);
    },
    measure: async (input, signal) => (await import('./measure.ts')).measure(input, signal),
    render: async ({ basePath, chatTemplate, messages }) =>
      (await import('./render.ts')).render(basePath, chatTemplate, messages),
    rehearse: async (input, signal) => {
      using _busy = heavy.begin('a rehearsal');
      const { runRehearsal } = await import('./training.ts');
      return await runRehearsal(input, signal);
    },
    async *train(input, signal) {
      using _busy = heavy.begin('a training');
      let wantsPause = false;
      pauses.set(input.runFolder, () => (wantsPause = true));
      try {
        const { runTraining } = await import('./training.ts');
        yield* runTraining(input, signal, () => wantsPause);
      } finally {
        pauses.delete(input.runFolder);
      }
    },
    pause: async ({ runFolder }) => {
      const pause = pauses.get(runFolder);
      if (pause === undefined) {
        throw new TunesmithError('bad-request', 'This run is not being trained, so it cannot be paused.');
      }
      pause();
      return {};
    },
    async *keep({ runFolder }) {
      if (pauses.has(runFolder)) {
        throw new TunesmithError('run-busy', 'This run is being trained.', { advice: 'Pause it first.' });
      }
      const { keepFromCheckpoint } = await import('../train/finish.ts');
      yield* keepFromCheckpoint(runFolder);
    },
    async *shrink(input, signal) {
      using _busy = heavy.begin('shrinking a model');
      const { shrink } = await import('../export/shrink.ts');
      yield* shrink(input, signal);
    },
    async *evaluate(input, signal) {
      using _busy = heavy.begin('an evaluation');
      const { evaluate } = await import('./evaluate.ts');
      yield* evaluate(input, signal);
    },
    score: async (input, signal) => {
      using _busy = heavy.begin('scoring a text');
      const { score } = await import('./score.ts');
      return await score(input, signal);
    },
    check: async ({ check, answers }, signal) => {
      const { runCheck } = await import('./check.ts');
      return [...(await runCheck(check, answers, signal))];
    },
  };
}
