import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { go } from '../../state/route.ts';
import type { TrainingView } from '../../state/training.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout } from '../../ui/Callout.tsx';

const grave = new Set(['hardly-learned', 'rolled-back', 'answers-failed', 'checkpoint-damaged', 'engine-restarted']);
const mostShown = 4;

/** What happened on the way, newest last, with what a person can do about it. */
export function Notices({ view, onAnew }: { readonly view: TrainingView; onAnew(): void }) {
  const draft = useDraft((state) => state.draft);
  if (view.notices.length === 0 || draft === null) return null;
  const thorough = async (): Promise<void> => {
    await saveDraft({ preset: 'thorough' });
    onAnew();
  };
  return (
    <section className="stack notices" aria-label={words.train.notices}>
      {view.notices.slice(-mostShown).map(({ update, code, message }, index) => (
        <Callout
          key={`${index}.${update}.${code}`}
          kind={grave.has(code) ? 'warn' : 'info'}
          title={`${words.train.atUpdate(update)}: ${words.train.noticeTitles[code] ?? ''}`.trim()}
          actions={
            code === 'hardly-learned' &&
            !view.live && (
              <>
                <Button small onClick={() => go({ screen: 'wizard', draft: draft.id, step: 'examples' })}>
                  {words.train.addExamples}
                </Button>
                {view.recipe.preset !== 'thorough' && (
                  <Button small onClick={() => void thorough()}>
                    {words.train.chooseThorough}
                  </Button>
                )}
              </>
            )
          }
        >
          {message}
        </Callout>
      ))}
    </section>
  );
}
