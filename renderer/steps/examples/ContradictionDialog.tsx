import { useState } from 'react';
import type { ExampleRow, Finding } from '#common/contract/app/examples.ts';
import type { Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { count } from '../../ui/format.ts';
import { useAnswer } from '../../ui/hooks.ts';
import { placeOf, questionOf, answerOf } from './texts.ts';

interface Props {
  readonly draft: string;
  readonly revision: number;
  readonly finding: Finding;
  readonly busy: boolean;
  readonly failure: Failure | null;
  /** Takes rows out; resolves when that is done. */
  onRemove(rows: readonly number[]): Promise<boolean>;
  onKeepFirst(): Promise<boolean>;
  onClose(): void;
}

/** One question, its different answers side by side, and one of them to keep. */
export function ContradictionDialog({
  draft,
  revision,
  finding,
  busy,
  failure,
  onRemove,
  onKeepFirst,
  onClose,
}: Props) {
  const [skipped, setSkipped] = useState(0);
  const [kept, setKept] = useState(0);
  const groups = finding.groups ?? [];
  const group = groups[skipped] ?? [];
  const rows = useAnswer(
    async (signal) =>
      group.length === 0
        ? []
        : (await api.examples.rows({ draft, offset: 0, limit: Math.min(500, group.length), rows: group }, signal)).rows,
    `${draft}.${revision}.${group.join()}`,
  );
  const answers = distinct(rows.value ?? []);
  const chosen = answers[Math.min(kept, answers.length - 1)];
  const [first] = answers[0]?.rows ?? [];
  const next = (): void => {
    setKept(0);
    if (skipped + 1 < groups.length) setSkipped(skipped + 1);
    else onClose();
  };
  const keep = async (): Promise<void> => {
    const others = answers.filter((answer) => answer !== chosen).flatMap((answer) => answer.rows.map(({ row }) => row));
    const isLast = groups.length === 1;
    if ((await onRemove(others)) && isLast) onClose();
    setKept(0);
  };
  return (
    <Dialog
      title={words.examples.contradictionTitle}
      look="wide"
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" busy={busy} onClick={next}>
            {words.examples.contradictionBoth}
          </Button>
          {groups.length > 1 && (
            <Button look="quiet" busy={busy} onClick={() => void onKeepFirst().then((done) => done && onClose())}>
              {words.examples.contradictionFirst(count(groups.length))}
            </Button>
          )}
          <Button
            look="primary"
            className="push"
            busy={busy || rows.loading}
            disabled={chosen === undefined}
            onClick={() => void keep()}
          >
            {words.examples.contradictionKeep}
          </Button>
        </>
      }
    >
      <FailureCallout failure={failure ?? rows.failure} />
      {groups.length > 1 && (
        <p className="tiny faint" role="status">
          {words.examples.contradictionOf(skipped + 1, groups.length)}
        </p>
      )}
      {first !== undefined && <p className="bubble you contra-q">{questionOf(first)}</p>}
      <p className="small dim">{words.examples.contradictionWhy}</p>
      <fieldset key={group.join()} className="contra">
        <legend className="sr">{words.examples.contradictionTitle}</legend>
        {answers.map((answer, index) => (
          <label key={answer.rows[0]?.row ?? index} className={`card contra-a ${answer === chosen ? 'sel' : ''}`}>
            <span className="row small">
              <input
                type="radio"
                name="kept"
                autoFocus={index === 0}
                checked={answer === chosen}
                onChange={() => setKept(index)}
              />
              <span className="faint">{words.examples.answerFrom(placeOf(answer.rows[0]), answer.rows.length)}</span>
            </span>
            <pre>{answer.text}</pre>
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}

interface Answer {
  readonly text: string;
  readonly rows: readonly ExampleRow[];
}

function distinct(rows: readonly ExampleRow[]): readonly Answer[] {
  const answers = new Map<string, ExampleRow[]>();
  for (const row of rows) {
    // As the doctor compares them: without regard to case and spaces.
    const key = answerOf(row).normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
    answers.set(key, [...(answers.get(key) ?? []), row]);
  }
  return [...answers.values()].map((same) => ({ text: answerOf(same[0]), rows: same }));
}
