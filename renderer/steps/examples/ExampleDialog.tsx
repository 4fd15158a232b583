import { Plus, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { z } from 'zod';
import { messageSchema, type Message } from '#common/domain/example.ts';
import { words } from '../../copy/index.ts';
import { useKept } from '../../state/kept.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { useAction } from '../../ui/hooks.ts';

interface Props {
  readonly title: string;
  /** Stands for what is written here: typed text is found again under it after a reload of the window. */
  readonly keptAs: string;
  readonly from?: string;
  readonly messages: readonly Message[];
  readonly saveLabel: string;
  /** Where given: saves, and begins with an empty one. */
  readonly againLabel?: string;
  onSave(messages: Message[]): Promise<void>;
  readonly onRemove?: () => Promise<void>;
  onClose(): void;
}

const withSystem = (messages: readonly Message[]): readonly Message[] =>
  messages[0]?.role === 'system' ? messages : [{ role: 'system', content: '' }, ...messages];

const turnsSchema = z.array(messageSchema).readonly();

/** Writes one example: every turn of it. Ctrl+Enter saves. */
export function ExampleDialog({
  title,
  keptAs,
  from,
  messages,
  saveLabel,
  againLabel,
  onSave,
  onRemove,
  onClose,
}: Props) {
  const [turns, setTurns, forget] = useKept(keptAs, turnsSchema, () => withSystem(messages));
  const box = useRef<HTMLDivElement>(null);
  const work = useAction();
  const save = async (): Promise<boolean> => {
    const kept = turns.filter(({ role, content }) => role !== 'system' || content.trim() !== '');
    return work.run(async () => {
      await onSave(kept);
      forget();
    });
  };
  const saveAndGoOn = async (): Promise<void> => {
    if (!(await save())) return;
    // The standing instruction is the same for all, most likely.
    const [system] = turns;
    setTurns(withSystem(system === undefined ? messages : [system, ...messages]));
    box.current?.querySelectorAll('textarea')[1]?.focus();
  };
  const saveAndClose = async (): Promise<void> => {
    if (await save()) onClose();
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
          {againLabel !== undefined && (
            <Button className="push" busy={work.busy} onClick={() => void saveAndGoOn()}>
              {againLabel}
            </Button>
          )}
          <Button
            look="primary"
            className={againLabel === undefined ? 'push' : ''}
            busy={work.busy}
            onClick={() => void saveAndClose()}
          >
            {saveLabel}
          </Button>
        </>
      }
    >
      <div
        ref={box}
        className="stack"
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') void saveAndClose();
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
              className={`input area ${turn.role === 'assistant' ? 'tall mono' : ''} ${turn.role === 'system' ? 'low' : ''}`}
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
