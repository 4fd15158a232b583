import { Pause, Play } from 'lucide-react';
import type { DownloadState } from '#common/contract/app/models.ts';
import { assertNever } from '#common/domain/errors.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { bytes, duration } from '../../ui/format.ts';
import { Menu } from '../../ui/Menu.tsx';
import { Meter } from '../../ui/Meter.tsx';
import type { DownloadActions } from './use-downloads.ts';

interface Props {
  readonly id: string;
  readonly title: string;
  readonly state: DownloadState;
  readonly actions: DownloadActions;
}

/** How far a download is, with the buttons that stop it and go on with it. */
export function DownloadMeter({ id, title, state, actions }: Props) {
  const { left, right, percent } = reading(state);
  return (
    <div className="dl">
      <div className="row">
        <span className="num">{left}</span>
        <span className="push num">{right}</span>
        {state.phase === 'downloading' && (
          <Button
            look="quiet"
            small
            iconOnly
            aria-label={words.model.pauseOf(title)}
            title={words.model.pause}
            onClick={() => actions.pause(id)}
          >
            <Pause className="icon" aria-hidden />
          </Button>
        )}
        {state.phase === 'paused' && (
          <>
            <Button
              small
              aria-label={words.model.resumeOf(title)}
              busy={actions.busyWith === id}
              onClick={() => actions.resume(id)}
            >
              <Play className="icon" aria-hidden />
              {words.model.resume}
            </Button>
            <Menu
              label={words.model.moreFor(title)}
              items={[{ label: words.model.discard, danger: true, run: () => actions.discard(id) }]}
            />
          </>
        )}
      </div>
      <Meter
        label={state.phase === 'checking' ? words.model.checkingOf(title) : words.model.downloadingOf(title)}
        value={percent}
        text={[left, right].filter(Boolean).join(', ')}
      />
    </div>
  );
}

function reading(state: DownloadState): {
  readonly left: string;
  readonly right: string;
  readonly percent: number | null;
} {
  switch (state.phase) {
    case 'downloading':
      return {
        left: amount(state.receivedBytes, state.totalBytes),
        right: state.etaSeconds === null ? words.model.connecting : words.model.timeLeft(duration(state.etaSeconds)),
        percent: share(state.receivedBytes, state.totalBytes),
      };
    case 'paused':
      return {
        left: words.model.pausedAt(amount(state.receivedBytes, state.totalBytes)),
        right: '',
        percent: share(state.receivedBytes, state.totalBytes),
      };
    case 'checking':
      return { left: words.model.checkingFile, right: '', percent: share(state.checkedBytes, state.totalBytes) };
    case 'absent':
    case 'ready':
      return { left: '', right: '', percent: null };
    default:
      return assertNever(state, 'state of a download');
  }
}

function amount(received: number, total: number | null): string {
  return total === null ? bytes(received) : words.model.ofBytes(bytes(received), bytes(total));
}

function share(done: number, total: number | null): number | null {
  return total === null || total === 0 ? null : (done / total) * 100;
}
