import { Scissors } from 'lucide-react';
import type { Measurement } from '#common/contract/engine.ts';
import type { Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, setSummary, useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAction } from '../../ui/hooks.ts';

interface Props {
  readonly lengths: {
    readonly maxTokens: number;
    readonly contextLength: number;
    readonly measurement: Measurement;
  } | null;
  readonly failure: Failure | null;
  onShow(row: number): void;
}

/** What is too long or cannot be learned, and the way out. */
export function LengthNotes({ lengths, failure, onShow }: Props) {
  const draft = useDraft((state) => state.draft)!;
  const work = useAction();
  if (lengths === null) return <FailureCallout failure={failure} />;
  const { cut, longest, problems, problemCount } = lengths.measurement;
  const raised = Math.min(lengths.contextLength, Math.ceil(longest / 32) * 32);
  const first = problems[0];
  const leaveOut = async (): Promise<void> => {
    // As many as the measurement names; the next one names the rest.
    setSummary(await api.examples.remove({ draft: draft.id, rows: problems.map(({ row }) => row) }));
  };
  return (
    <>
      <FailureCallout failure={work.failure} />
      {cut > 0 && (
        <Callout
          kind="warn"
          icon={Scissors}
          title={words.preview.cutTitle(cut === 1 ? words.preview.oneIs : words.preview.manyAre(count(cut)))}
          actions={
            raised > lengths.maxTokens && (
              <Button small onClick={() => void saveDraft({ overrides: { ...draft.overrides, maxTokens: raised } })}>
                {words.preview.raise(count(raised))}
              </Button>
            )
          }
        >
          {raised > lengths.maxTokens ? words.preview.cutWhy : words.preview.cutHard(count(lengths.contextLength))}
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
              <Button look="quiet" small busy={work.busy} onClick={() => void work.run(leaveOut)}>
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
