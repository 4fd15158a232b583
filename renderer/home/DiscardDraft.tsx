import type { Draft } from '#common/contract/app/drafts.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { refreshDrafts } from '../state/app.ts';
import { say } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { FailureCallout } from '../ui/Callout.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useAction } from '../ui/hooks.ts';

/** A project that was never trained goes with its examples: asked first, since nothing brings them back. */
export function DiscardDraft({ draft, onClose }: { readonly draft: Draft; onClose(): void }) {
  const work = useAction();
  const title = draft.title || words.shell.untitled;
  const discard = async (): Promise<void> => {
    const done = await work.run(async () => {
      await api.drafts.delete({ id: draft.id });
      await refreshDrafts();
    });
    if (!done) return;
    say(words.home.discarded(title));
    onClose();
  };
  return (
    <Dialog
      title={words.home.discardTitle(title)}
      onClose={onClose}
      footer={
        <>
          <Button look="danger" busy={work.busy} onClick={() => void discard()}>
            {words.home.discardYes}
          </Button>
          <Button className="push" look="primary" autoFocus onClick={onClose}>
            {words.home.discardNo}
          </Button>
        </>
      }
    >
      <p>{words.home.discardWhy}</p>
      <FailureCallout failure={work.failure} />
    </Dialog>
  );
}
