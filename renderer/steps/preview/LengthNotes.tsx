import { Scissors } from 'lucide-react';
import type { Measurement } from '#common/contract/engine.ts';
import type { Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, setSummary, useDraft } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAction } from '../../ui/hooks.ts';
import { undoAction } from '../examples/importing.ts';

interface Props {
  readonly lengths: {
    readonly maxTokens: number;
    readonly contextLength: number;
    readonly measurement: Measurement;
  } | null;
  readonly failure: Failure | null;
  readonly chosen: number;
  again(): void;
  onShow(row: number): void;
}

/** What is too long or cannot be learned, and the way out. */
export function LengthNotes({ lengths, failure, chosen, again, onShow }: Props) {
  const draft = useDraft((state) => state.draft)!;
  const work = useAction();
  if (lengths === null) return <FailureCallout failure={failure} again={again} />;
  const { cut, cutRows, longest, problems, problemCount } = lengths.measurement;
  const raised = Math.min(lengths.contextLength, Math.ceil(longest / 32) * 32);
  const [first] = problems;
  const isHere = cutRows.includes(chosen);
  const leaveOut = async (rows: readonly number[]): Promise<void> => {
    // As many as the measurement names; the next one names the rest.
    setSummary(await api.examples.remove({ draft: draft.id, rows: [...rows] }));
    say(words.preview.leftOut(count(rows.length)), undoAction(draft.id));
  };
  const canRaise = raised > lengths.maxTokens;
  const why = isHere ? words.preview.cutHereWhy(cut - 1) : words.preview.cutWhy;
  return (
    <>
      <FailureCallout failure={work.failure} />
      {cut > 0 && (
        <Callout
          kind="warn"
          icon={Scissors}
          title={
            isHere
              ? words.preview.cutHere
              : words.preview.cutTitle(cut === 1 ? words.preview.oneIs : words.preview.manyAre(count(cut)))
          }
          actions={
            <>
              {canRaise && (
                <Button small onClick={() => void saveDraft({ overrides: { ...draft.overrides, maxTokens: raised } })}>
                  {words.preview.raise(count(raised))}
                </Button>
              )}
              <Button look="quiet" small busy={work.busy} onClick={() => void work.run(() => leaveOut(cutRows))}>
                {words.preview.leaveCut(count(cutRows.length))}
              </Button>
            </>
          }
        >
          {canRaise ? why : words.preview.cutHard(count(lengths.contextLength))}
        </Callout>
      )}
      {first !== undefined && (
        <Callout
          kind="warn"
          title={words.preview.problems(words.preview.examples(count(problemCount)))}
          actions={
            <>
              <Button small onClick={() => onShow(first.row)}>
                {words.examples.show}
              </Button>
              <Button
                look="quiet"
                small
                busy={work.busy}
                onClick={() => void work.run(() => leaveOut(problems.map(({ row }) => row)))}
              >
                {words.preview.leaveOut}
              </Button>
            </>
          }
        >
          {words.preview.problemAt(first.row, first.message)} {first.advice}
        </Callout>
      )}
    </>
  );
}
