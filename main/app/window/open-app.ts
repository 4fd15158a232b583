import type { AppContract } from '#common/contract/app/app.ts';
import type { FeatureHandlers } from '#common/wire/features.ts';
import { additionHandlers } from './additions.ts';
import { openComparing } from './comparing.ts';
import { openContext, type ContextOptions, type Notice } from './context.ts';
import { draftHandlers } from './drafts.ts';
import { exampleHandlers } from './examples.ts';
import { openInstalling } from './installing.ts';
import { modelHandlers } from './models.ts';
import { previewHandlers } from './preview.ts';
import { runHandlers } from './runs.ts';
import { applySettings, fileHandlers, readSettings, settingsHandlers } from './settings.ts';
import { openShrinking } from './shrinking.ts';
import { openTraining } from './training.ts';
import { openUpdates } from './updates.ts';

/** Everything behind the window, whichever kind of window it is. Disposing pauses a training safely first. */
export interface App extends AsyncDisposable {
  readonly handlers: FeatureHandlers<AppContract>;
  /** The run that is being trained now. */
  readonly trainingRun: () => string | null;
  readonly pauseTraining: () => Promise<void>;
  readonly settings: () => ReturnType<typeof readSettings>;
  /** Adds to what the window tells at its start. */
  readonly notice: (notice: Notice) => void;
  /** Puts run files before the person, who decides about each. */
  readonly openRuns: (files: readonly string[]) => void;
  readonly dataFolder: string;
  /** Folder for uploads of a browser. */
  readonly tmpFolder: string;
  /** token -> path of files that a browser may fetch. */
  readonly downloads: ReadonlyMap<string, string>;
}

/** Opens data folder and record. Throws errors in words. */
export function openApp(options: ContextOptions): App {
  const context = openContext(options);
  applySettings(context.host, context.givenEnv, readSettings(context));
  const examples = exampleHandlers(context);
  const training = openTraining(context);
  const shrinking = openShrinking(context);
  const installing = openInstalling(context);
  const comparing = openComparing(context);
  const updates = openUpdates(context);
  return {
    handlers: {
      models: modelHandlers(context),
      drafts: draftHandlers(context, examples),
      examples,
      preview: previewHandlers(context),
      training: training.handlers,
      shrinking: shrinking.handlers,
      installing: installing.handlers,
      comparing: comparing.handlers,
      runs: runHandlers(context, training.secondsLeft),
      settings: settingsHandlers(context),
      files: fileHandlers(context),
      updates: updates.handlers,
      additions: additionHandlers(context),
    },
    trainingRun: training.current,
    pauseTraining: training.pauseAndWait,
    settings: () => readSettings(context),
    notice: context.addNotice,
    openRuns: (files) => context.openedRuns.add(files),
    dataFolder: context.layout.root,
    tmpFolder: context.layout.tmp,
    downloads: context.downloads,
    async [Symbol.asyncDispose]() {
      await Promise.all([
        shrinking.work.cancelAll(),
        installing.work.cancelAll(),
        comparing.work.cancelAll(),
        training.pauseAndWait(),
        updates[Symbol.asyncDispose](),
      ]);
      await context[Symbol.asyncDispose]();
    },
  };
}
