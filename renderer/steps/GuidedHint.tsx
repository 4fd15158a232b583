import { Lightbulb } from 'lucide-react';
import type { StepId } from '#common/contract/app/drafts.ts';
import { words } from '../copy/index.ts';
import { saveDraft, useDraft } from '../state/draft.ts';
import { Button } from '../ui/Button.tsx';
import { Callout } from '../ui/Callout.tsx';

/** One line on what this step is for, in projects that were begun with the guided sample. */
export function GuidedHint({ step }: { readonly step: StepId }) {
  const view = useDraft((state) => state.draft?.view ?? null);
  if (view?.['guided'] !== true) return null;
  return (
    <div className="guided" role="note" aria-label={words.guided.label}>
      <Callout
        kind="good"
        icon={Lightbulb}
        actions={
          <Button look="quiet" small onClick={() => void saveDraft({ view: { ...view, guided: false } })}>
            {words.guided.hide}
          </Button>
        }
      >
        {words.guided.steps[step]}
      </Callout>
    </div>
  );
}
