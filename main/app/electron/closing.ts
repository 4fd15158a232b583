import { dialog, type BrowserWindow } from 'electron';
import type { Settings } from '#common/contract/app/settings.ts';
import { words } from './words.ts';

export type Leaving = 'keep' | 'pause' | 'cancel';

const answers: readonly Leaving[] = ['keep', 'pause', 'cancel'];

export interface ClosingDeps {
  readonly settings: Pick<Settings, 'onCloseWhileTraining'>;
  readonly remember: (answer: Exclude<Leaving, 'cancel'>) => Promise<unknown>;
  readonly window: BrowserWindow | undefined;
  /** Of the run that is being trained. */
  readonly title: string;
}

/** What is to become of a training when the window closes: as the settings say, else as the person says now. */
export async function askHowToLeave({ settings, remember, window, title }: ClosingDeps): Promise<Leaving> {
  if (settings.onCloseWhileTraining !== 'ask') return settings.onCloseWhileTraining;
  const { closing } = words;
  const options = {
    type: 'question' as const,
    title: closing.title,
    message: closing.message(title),
    detail: closing.detail,
    buttons: [closing.keep, closing.pause, closing.cancel],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
    checkboxLabel: closing.remember,
  };
  const { response, checkboxChecked } = await (window === undefined
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  const answer = answers[response] ?? 'cancel';
  if (checkboxChecked && answer !== 'cancel') await remember(answer);
  return answer;
}
