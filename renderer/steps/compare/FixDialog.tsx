import { z } from 'zod';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { openDraft, useDraft } from '../../state/draft.ts';
import { useKept } from '../../state/kept.ts';
import { go } from '../../state/route.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { useAction } from '../../ui/hooks.ts';

interface Props {
  readonly run: string;
  readonly prompt: string;
  /** What it answered. */
  readonly answer: string;
  /** The answer of the example, where the question is one that was held out. */
  readonly expected?: string | undefined;
  onClose(): void;
}

/** A bad reply becomes an example for the next run. */
export function FixDialog({ run, prompt, answer, expected, onClose }: Props) {
  const draft = useDraft((state) => state.draft);
  const [text, setText, forget] = useKept(`fix.${run}.${prompt}`, z.string(), expected ?? answer);
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
      forget();
      say(made.replaced ? words.compare.fixedReplaced : words.compare.fixed, {
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
        <>
          <Button look="quiet" onClick={onClose}>
            {words.ui.cancel}
          </Button>
          <Button
            look="primary"
            className="push"
            busy={work.busy}
            disabled={text.trim() === ''}
            onClick={() => void save()}
          >
            {words.compare.fixSave}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p className="small dim">{words.compare.fixLede}</p>
        <div>
          <p className="small dim">{words.compare.fixQuestion}</p>
          <p className="strong">{prompt}</p>
        </div>
        <Field label={words.compare.fixAnswer} {...(expected === undefined ? {} : { hint: words.compare.fixExpected })}>
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
