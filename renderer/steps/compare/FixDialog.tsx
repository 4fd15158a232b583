import { useState } from 'react';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { openDraft, useDraft } from '../../state/draft.ts';
import { go } from '../../state/route.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { useAction } from '../../ui/hooks.ts';

/** A bad reply becomes an example for the next run. */
export function FixDialog({
  run,
  prompt,
  answer,
  onClose,
}: {
  readonly run: string;
  readonly prompt: string;
  readonly answer: string;
  onClose(): void;
}) {
  const draft = useDraft((state) => state.draft);
  const [text, setText] = useState(answer);
  const work = useAction();
  const save = async (): Promise<void> => {
    const done = await work.run(async () => {
      const made = await api.comparing.fix({
        run,
        prompt,
        answer: text,
        ...(draft === null ? {} : { draft: draft.id }),
      });
      if (draft?.id === made.draft) await openDraft(made.draft);
      say(words.compare.fixed, {
        label: words.compare.fixOpen,
        run: () => go({ screen: 'wizard', draft: made.draft, step: 'examples' }),
      });
    });
    if (done) onClose();
  };
  return (
    <Dialog
      title={words.compare.fixTitle}
      look="wide"
      onClose={onClose}
      footer={
        <Button
          look="primary"
          className="push"
          busy={work.busy}
          disabled={text.trim() === ''}
          onClick={() => void save()}
        >
          {words.compare.fixSave}
        </Button>
      }
    >
      <div className="stack">
        <p className="strong">{prompt}</p>
        <Field label={words.compare.fixAnswer}>
          <textarea
            className="input area tall mono"
            autoFocus
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <FailureCallout failure={work.failure} />
      </div>
    </Dialog>
  );
}
