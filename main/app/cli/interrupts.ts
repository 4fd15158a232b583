import type { Host } from '#common/platform/host.ts';
import { stopSignals } from '#common/platform/stopping.ts';
import { TunesmithError } from '#common/domain/errors.ts';

/** Ctrl-C and its relatives: the first asks for a safe pause, the second stops at once. */
export interface Interrupts extends Disposable {
  /** Fires when work is to stop at once. */
  readonly signal: AbortSignal;
  readonly wasAsked: boolean;
  /** While this is not disposed, the first Ctrl-C calls `pause` instead of stopping. */
  pausing(pause: () => void): Disposable;
  /** Stops work, as a second Ctrl-C does. */
  stop(): void;
}

export function listenForInterrupts(host: Host, note: (text: string) => void): Interrupts {
  const controller = new AbortController();
  const pauses: (() => void)[] = [];
  let asked = 0;
  const stop = (): void =>
    controller.abort(new TunesmithError('cancelled', 'The work was stopped.', { retryable: true }));
  const onSignal = (): void => {
    asked += 1;
    const pause = pauses.at(-1);
    if (asked === 1 && pause !== undefined) {
      note('Pausing: the update in progress is finished and saved. Press Ctrl-C again to stop at once.');
      pause();
    } else if (asked <= 2) stop();
    // Whatever holds things up now, the person wants out.
    else process.exit(130);
  };
  const signals = stopSignals(host);
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    get wasAsked() {
      return asked > 0;
    },
    pausing(pause) {
      pauses.push(pause);
      return {
        [Symbol.dispose]() {
          const at = pauses.lastIndexOf(pause);
          if (at >= 0) pauses.splice(at, 1);
        },
      };
    },
    stop,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
