/** At least so long between two drawings. */
const leastMs = 200;
/** Drawing may take one part of the time, and so many parts are left for the person: on a busy computer the window still answers. */
const restShare = 3;
/** Without a frame in this time nobody is looking. */
const longestFrameMs = 10_000;

/** Draws what is newest, now and then: as often as the computer can without being busy with it. */
export function paced(draw: () => void): { soon(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDrawing = false;
  let isWanted = false;
  let isStopped = false;
  const after = (ms: number, act: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
  const run = (): void => {
    const begun = performance.now();
    isWanted = false;
    draw();
    const over = (): void => {
      cancelAnimationFrame(frame);
      const tookMs = performance.now() - begun;
      after(Math.max(leastMs - tookMs, restShare * tookMs), () => {
        isDrawing = false;
        if (isWanted) soon();
      });
    };
    // Layout and paint belong to the drawing: it is over with the task after the next frame. A hidden window has none.
    const frame = requestAnimationFrame(() => {
      if (!isStopped) after(0, over);
    });
    after(document.visibilityState === 'visible' ? longestFrameMs : 0, over);
  };
  const soon = (): void => {
    isWanted = true;
    if (isDrawing || isStopped) return;
    isDrawing = true;
    after(0, run);
  };
  return {
    soon,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
