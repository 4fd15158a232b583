import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron';
import type { RunSummary } from '#common/contract/app/runs.ts';
import type { App } from '../window/open-app.ts';
import { words } from './words.ts';

/** What is told of the training that is going on. */
export interface Going {
  readonly run: string;
  readonly title: string;
  /** 0 to 1. */
  readonly share: number;
}

export interface FollowDeps {
  readonly app: Pick<App, 'handlers' | 'trainingRun'>;
  readonly window: () => BrowserWindow | undefined;
  /** Told whenever it goes on, and null when none does. */
  readonly onChange: (going: Going | null) => void;
  readonly onNotificationClick: () => void;
}

/**
 * While a training goes on: its progress in the task bar, no sleep of the computer. When it has ended and nobody is looking, a
 * notification. Follows the record as the window does, until `signal` is aborted.
 */
export async function followTraining(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const { app, window } = deps;
  let before: Going | null = null;
  let awake: number | undefined;
  try {
    for await (const runs of app.handlers.runs.watch({}, signal)) {
      const going = goingOf(runs, app.trainingRun());
      if (going !== null && awake === undefined) awake = powerSaveBlocker.start('prevent-app-suspension');
      if (going === null && awake !== undefined) {
        powerSaveBlocker.stop(awake);
        awake = undefined;
      }
      window()?.setProgressBar(going?.share ?? -1);
      if (before !== null && before.run !== going?.run) tellEnd(runs, before.run, deps);
      before = going;
      deps.onChange(going);
    }
  } catch {
    // Only at the end of the app, or where the record cannot be read: the window says that.
  } finally {
    if (awake !== undefined) powerSaveBlocker.stop(awake);
  }
}

function goingOf(runs: readonly RunSummary[], id: string | null): Going | null {
  const run = runs.find((each) => each.id === id);
  if (run === undefined) return null;
  const progress = run.state.progress;
  const share = progress === null || progress.totalUpdates === 0 ? 0 : progress.update / progress.totalUpdates;
  return { run: run.id, title: run.title, share };
}

/** A pause or a cancel was the person's own doing: nothing to tell. */
function tellEnd(runs: readonly RunSummary[], id: string, { window, onNotificationClick }: FollowDeps): void {
  const run = runs.find((each) => each.id === id);
  const phase = run?.state.phase;
  const told = phase === 'done' ? words.ended.done : phase === 'failed' ? words.ended.failed : undefined;
  const isSeen = window()?.isFocused() === true && window()?.isVisible() === true;
  if (run === undefined || told === undefined || isSeen || !Notification.isSupported()) return;
  const notification = new Notification({ title: told.title, body: told.body(run.title) });
  notification.on('click', onNotificationClick);
  notification.show();
}
