import type { Page } from '@playwright/test';

export interface LaunchOptions {
  /** The folder of this test alone: the person's home, with Tunesmith's data in it. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process that the app started for its work. */
export interface AppChild {
  readonly pid: number;
  readonly kind: 'engine' | 'chat';
}

/** The app as it runs in one of the worlds. */
export interface RunningApp {
  readonly page: Page;
  /** The main process: the one that owns the record. */
  readonly pid: number;
  readonly children: () => Promise<readonly AppChild[]>;
  /** Ends it as a person does. */
  readonly quit: () => Promise<void>;
  /** Ends it as a power cut does. */
  readonly kill: () => Promise<void>;
  /** Does what asks for a file or folder, and chooses that one: in the dialog of the system, or in the window's own. */
  readonly choosePath: (path: string, asking: () => Promise<void>) => Promise<void>;
  /** What it printed so far. */
  readonly log: () => string;
}
