/** How fast bytes come, over the last few seconds. */
export class Rate {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];
  readonly #now: () => number;
  readonly #windowMs: number;

  constructor(now: () => number = Date.now, windowMs = 6000) {
    this.#now = now;
    this.#windowMs = windowMs;
  }

  add(bytes: number): void {
    const at = this.#now();
    const last = this.#samples.at(-1);
    // Ten samples a second are enough.
    if (last !== undefined && at - last.at < 100) return;
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > this.#windowMs) this.#samples.shift();
  }

  /** Bytes a second; null until a second has passed. */
  get(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < 1000) return null;
    return Math.max(0, ((last.bytes - first.bytes) / (last.at - first.at)) * 1000);
  }
}
