import type { RunSummary } from '#common/contract/app/runs.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { say } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { FailureCallout } from '../ui/Callout.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { bytes } from '../ui/format.ts';
import { useAction, useAnswer } from '../ui/hooks.ts';

interface Props {
  readonly run: Pick<RunSummary, 'id' | 'title' | 'installedAs'>;
  readonly onDeleted?: () => void;
  onClose(): void;
}

export function DeleteRun({ run, onDeleted, onClose }: Props) {
  const size = useAnswer((signal) => api.runs.size({ run: run.id }, signal), run.id);
  const work = useAction();
  const remove = async (): Promise<void> => {
    const done = await work.run(async () => {
      const { freedBytes } = await api.runs.delete({ run: run.id });
      say(words.runs.deleted(bytes(freedBytes)));
    });
    if (!done) return;
    onClose();
    onDeleted?.();
  };
  return (
    <Dialog
      title={words.runs.deleteTitle}
      onClose={onClose}
      footer={
        <>
          <Button look="danger" busy={work.busy} onClick={() => void remove()}>
            {words.runs.deleteYes}
          </Button>
          <Button className="push" look="primary" autoFocus onClick={onClose}>
            {words.runs.keep}
          </Button>
        </>
      }
    >
      <p className="dim">
        <b className="strong">{run.title}.</b>{' '}
        {size.value === null ? words.ui.loading : words.runs.deleteWhy(bytes(size.value.bytes))}{' '}
        {run.installedAs.length > 0 && words.runs.deleteInstalled(run.installedAs.join(', '))}
      </p>
      <FailureCallout failure={work.failure ?? size.failure} />
    </Dialog>
  );
}
