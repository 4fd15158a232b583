/** At least so long between two drawings. */
const leastMs = 200;
/** Drawing may take one part of the time, and so many parts are left for the person: on a busy computer the window still answers. */
const restShare = 3;

/** Draws what is newest, now and then: as often as the computer can without being busy with it. */
export function paced(draw: () => void): { soon(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nextAt = 0;
  const run = (): void => {
    timer = undefined;
    const begun = performance.now();
    draw();
    nextAt = begun + leastMs;
    // What was drawn is on the screen when the next task begins.
    setTimeout(() => {
      const now = performance.now();
      nextAt = Math.max(nextAt, now + restShare * (now - begun));
    });
  };
  return {
    soon: () => {
      timer ??= setTimeout(run, Math.max(0, nextAt - performance.now()));
    },
    stop: () => clearTimeout(timer),
  };
}
