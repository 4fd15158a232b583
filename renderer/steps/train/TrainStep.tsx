import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { useTraining } from '../../state/training.ts';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, Screen } from '../../ui/Screen.tsx';
import { useState } from 'react';
import { BeforeTraining } from './BeforeTraining.tsx';
import { TrainingScreen } from './TrainingScreen.tsx';

/** Before the start, or what the run is doing. */
export function TrainStep() {
  const draft = useDraft((state) => state.draft)!;
  const { view, failure, run } = useTraining();
  const [anew, setAnew] = useState(false);
  if (draft.run === null || (anew && view?.live !== true)) return <BeforeTraining onStarted={() => setAnew(false)} />;
  if (view === null || run !== draft.run) {
    return (
      <Screen
        title={words.steps.train}
        bar={<BackLink to={{ screen: 'wizard', draft: draft.id, step: 'preview' }} label={words.steps.preview} />}
      >
        {failure === null ? <Meter label={words.ui.loading} value={null} /> : <FailureCallout failure={failure} />}
      </Screen>
    );
  }
  return <TrainingScreen view={view} onAnew={() => setAnew(true)} />;
}
