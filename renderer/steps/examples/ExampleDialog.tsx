import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Message } from '#common/domain/example.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { useAction } from '../../ui/hooks.ts';

interface Props {
  readonly title: string;
  readonly from?: string;
  readonly messages: readonly Message[];
  readonly saveLabel: string;
  onSave(messages: Message[]): Promise<void>;
  readonly onRemove?: () => Promise<void>;
  onClose(): void;
}

/** Writes one example: every turn of it. */
export function ExampleDialog({ title, from, messages, saveLabel, onSave, onRemove, onClose }: Props) {
  const withSystem =
    messages[0]?.role === 'system' ? messages : [{ role: 'system', content: '' } as const, ...messages];
  const [turns, setTurns] = useState<readonly Message[]>(withSystem);
  const work = useAction();
  const save = async (): Promise<void> => {
    const kept = turns.filter(({ role, content }) => role !== 'system' || content.trim() !== '');
    if (await work.run(() => onSave(kept))) onClose();
  };
  return (
    <Dialog
      title={title}
      look="drawer"
      onClose={onClose}
      footer={
        <>
          {onRemove !== undefined && (
            <Button
              look="danger"
              busy={work.busy}
              onClick={() => void work.run(onRemove).then((done) => done && onClose())}
            >
              <Trash2 className="icon" aria-hidden />
              {words.examples.delete}
            </Button>
          )}
          <Button look="primary" className="push" busy={work.busy} onClick={() => void save()}>
            {saveLabel}
          </Button>
        </>
      }
    >
      <div
        className="stack"
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') void save();
        }}
      >
        {from !== undefined && <p className="small faint">{words.examples.from(from)}</p>}
        <FailureCallout failure={work.failure} />
        {turns.map((turn, index) => (
          <Field
            key={index}
            label={turn.role === 'system' ? words.examples.instruction : words.examples.roles[turn.role]}
            {...(turn.role === 'system' ? { hint: words.examples.instructionWhy } : {})}
          >
            <textarea
              className={`input area ${turn.role === 'assistant' ? 'tall mono' : ''}`}
              value={turn.content}
              autoFocus={turn.role === 'user' && index < 2}
              onChange={(event) =>
                setTurns(turns.map((other, at) => (at === index ? { ...other, content: event.target.value } : other)))
              }
            />
          </Field>
        ))}
        <Button
          look="quiet"
          small
          onClick={() => setTurns([...turns, { role: 'user', content: '' }, { role: 'assistant', content: '' }])}
        >
          <Plus className="icon" aria-hidden />
          {words.examples.addTurn}
        </Button>
      </div>
    </Dialog>
  );
}
