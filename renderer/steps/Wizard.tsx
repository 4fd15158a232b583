import { useEffect } from 'react';
import type { StepId } from '#common/contract/app/drafts.ts';
import { words } from '../copy/index.ts';
import { refreshDrafts, saveSettings, useApp } from '../state/app.ts';
import { openDraft, saveDraft, useDraft } from '../state/draft.ts';
import { followTraining, forgetTraining } from '../state/training.ts';
import { FailureCallout } from '../ui/Callout.tsx';
import { Strip } from '../ui/Rail.tsx';
import { ScreenNote } from '../ui/Screen.tsx';
import { ModelStep } from './model/ModelStep.tsx';
import { ExamplesStep } from './examples/ExamplesStep.tsx';
import { PreviewStep } from './preview/PreviewStep.tsx';
import { TrainStep } from './train/TrainStep.tsx';
import { ShrinkStep } from './shrink/ShrinkStep.tsx';
import { InstallStep } from './install/InstallStep.tsx';
import { CompareStep } from './compare/CompareStep.tsx';
import { GuidedHint } from './GuidedHint.tsx';
import { StepRail } from './StepRail.tsx';

/** The wizard is data: a step is its screen. */
const screens: Record<StepId, () => React.ReactNode> = {
  model: ModelStep,
  examples: ExamplesStep,
  preview: PreviewStep,
  train: TrainStep,
  shrink: ShrinkStep,
  install: InstallStep,
  compare: CompareStep,
};

export function Wizard({ draftId, step }: { readonly draftId: string; readonly step: StepId }) {
  const epoch = useApp((state) => state.epoch);
  const { draft, failure } = useDraft();
  useEffect(() => void openDraft(draftId), [draftId, epoch]);
  useEffect(() => void saveSettings({ lastDraft: draftId }).catch(() => {}), [draftId]);
  const isOpen = draft?.id === draftId;
  const run = isOpen ? draft.run : null;
  useEffect(() => (run === null ? forgetTraining() : followTraining(run)), [run, epoch]);
  // The wizard remembers where it was.
  useEffect(() => {
    if (isOpen && draft.step !== step) void saveDraft({ step }).then(refreshDrafts);
  }, [isOpen, step]);
  if (!isOpen) {
    return (
      <>
        <Strip trail={[{ label: words.shell.runs, href: '#/' }]} />
        <main className="main" id="main" tabIndex={-1}>
          <h1 className="sr">{words.shell.name}</h1>
          <FailureCallout failure={failure} again={() => void openDraft(draftId)} />
        </main>
      </>
    );
  }
  const StepScreen = screens[step];
  return (
    <>
      <StepRail draft={draft} step={step} />
      <Strip
        trail={[
          { label: words.shell.runs, href: '#/' },
          { label: draft.title || words.shell.untitled },
          { label: words.steps[step] },
        ]}
      />
      <ScreenNote value={<GuidedHint step={step} />}>
        <StepScreen key={step} />
      </ScreenNote>
    </>
  );
}
