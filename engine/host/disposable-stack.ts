/**
 * Engines of JavaScript before V8 13.4 lack DisposableStack, among them that of the Electron the tests run on; `using` itself is
 * compiled away for it. This is the part of it that the engine uses. To be imported before anything that opens a model.
 */
class Stack implements Disposable {
  #held: Disposable[] = [];

  use<T extends Disposable>(value: T): T {
    this.#held.push(value);
    return value;
  }

  move(): Stack {
    const moved = new Stack();
    moved.#held = this.#held;
    this.#held = [];
    return moved;
  }

  [Symbol.dispose](): void {
    const held = this.#held.reverse();
    this.#held = [];
    const troubles: unknown[] = [];
    for (const each of held) {
      try {
        each[Symbol.dispose]();
      } catch (thrown) {
        troubles.push(thrown);
      }
    }
    if (troubles.length === 1) throw troubles[0];
    if (troubles.length > 1) throw new AggregateError(troubles, 'More than one thing could not be let go.');
  }
}

export { Stack };

globalThis.DisposableStack ??= Stack as unknown as DisposableStackConstructor;
