import type { Page } from '@playwright/test';

/**
 * Collects whatever the browser complains about: errors in the console (a refusal by the content security policy is one) and exceptions that nobody caught. A test that did not ask for
 * them fails.
 */
export class Guard {
  readonly #troubles: string[] = [];
  readonly #allowed: RegExp[] = [];
  #isPaused = false;

  watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#add(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#add(`page: ${error.stack ?? String(error)}`));
  }

  /** For complaints that the test provokes. */
  allow(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  /** While the app is down, its window may say so in the console. */
  async whilePaused<T>(work: () => Promise<T>): Promise<T> {
    this.#isPaused = true;
    try {
      return await work();
    } finally {
      this.#isPaused = false;
    }
  }

  get troubles(): readonly string[] {
    return this.#troubles.filter((trouble) => !this.#allowed.some((pattern) => pattern.test(trouble)));
  }

  #add(trouble: string): void {
    if (!this.#isPaused) this.#troubles.push(trouble);
  }
}
