/** How far work has come, on one line that is written over. Where that cannot be (a file), a line now and then. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  #shown = false;
  // Short work says nothing in a file.
  #lastMs = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    const nowMs = performance.now();
    if (!this.#stream.isTTY) {
      if (nowMs - this.#lastMs < plainIntervalMs) return;
      this.#lastMs = nowMs;
      this.#stream.write(`${text}\n`);
      return;
    }
    if (nowMs - this.#lastMs < intervalMs && this.#shown) return;
    this.#lastMs = nowMs;
    this.#shown = true;
    const width = Math.max(20, this.#stream.columns - 1);
    this.#stream.write(`\r\u001b[2K${text.length > width ? text.slice(0, width) : text}`);
  }

  /** Takes the line away, so that others can be written. */
  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#stream.write('\r\u001b[2K');
  }
}

const intervalMs = 80;
const plainIntervalMs = 10_000;
const barWidth = 24;

/** `█████░░░░░` for a share from 0 to 1. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

/** `40 s`, `3 min`, `2 h 5 min`. */
export function durationInWords(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
