/**
 * How the window of the desktop app reaches main: one channel each way, for the words of `common/wire` only. `opened` says that a new
 * document begins (a first load, a reload): calls of the one before are over.
 */
export const bridgeChannels = { opened: 'tunesmith:opened', message: 'tunesmith:message' } as const;

/** What the preload script puts into the window as `window.tunesmith`. */
export interface Bridge {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Where a dropped file lies on the disk. */
  pathOfFile?(file: File): string;
}
