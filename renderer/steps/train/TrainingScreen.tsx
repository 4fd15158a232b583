import { CircleDot, Pause, Play, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { Failure } from '#common/domain/errors.ts';
import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { readTraining, type Reading } from '../../state/reading.ts';
import type { TrainingView } from '../../state/training.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { count, duration } from '../../ui/format.ts';
import { useNow } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { Announcer } from './Announcer.tsx';
import { CancelDialog } from './CancelDialog.tsx';
import { AllowProgram, useCheckAllowed } from './CheckChoice.tsx';
import { Notices } from './Notices.tsx';
import { Samples } from './Samples.tsx';
import { StoppedScreen } from './StoppedScreen.tsx';
import { TrainingCharts } from './TrainingCharts.tsx';
import { TrainingFacts } from './TrainingFacts.tsx';
import { useRunActions, type RunActions } from './use-run-actions.ts';

type Stage = keyof typeof words.train.titles;

/** A training that was begun: going on, at rest, at its end, or stopped by a problem. */
export function TrainingScreen({ view, onAnew }: { readonly view: TrainingView; onAnew(): void }) {
  const [cancelling, setCancelling] = useState(false);
  const stage = stageOf(view);
  const running = isRunning(stage);
  const now = useNow(running);
  const reading = readTraining(view, now);
  const actions = useRunActions(view.run, running);
  const failure = failureOf(view);
  if (failure !== null) return <StoppedScreen {...{ view, reading, failure, actions, onAnew }} />;
  const kept = view.state.progress?.trained?.keptUpdate ?? null;
  const resting = !running && kept === null;
  const title = words.train.titles[stage];
  return (
    <Screen
      title={title}
      lede={ledeOf(view, stage, reading)}
      bar={
        running ? (
          <RunningBar {...{ stage, reading, actions }} onCancel={() => setCancelling(true)} />
        ) : (
          <RestingBar {...{ view, reading, actions, onAnew }} />
        )
      }
    >
      <FailureCallout failure={actions.failure} />
      {resting && <Allow view={view} />}
      <div className="prog" role="group" aria-label={words.train.progress}>
        <span className="eta">
          {kept !== null
            ? words.train.kept(kept)
            : running
              ? reading.etaSeconds === null
                ? words.train.measuringTime
                : words.train.left(duration(reading.etaSeconds))
              : words.runs.phase[view.state.phase]}
        </span>
        <Meter
          big
          label={words.train.progress}
          value={stage === 'preparing' || stage === 'queued' ? null : kept === null ? reading.percent : 100}
          text={words.train.ofUpdates(count(reading.update), count(reading.totalUpdates))}
        />
        <span className="small dim">{words.train.ofUpdates(count(reading.update), count(reading.totalUpdates))}</span>
      </div>
      <div className="top">
        <TrainingCharts view={view} reading={reading} kept={kept} running={running} />
        <TrainingFacts view={view} reading={reading} now={now} running={running} />
      </div>
      <Samples samples={view.samples} />
      <Notices view={view} onAnew={onAnew} />
      <Announcer view={view} title={title} />
      {cancelling && (
        <CancelDialog
          elapsedMs={reading.elapsedMs}
          keepable={reading.keepable}
          onThrowAway={actions.throwAway}
          onKeep={actions.keep}
          onPause={actions.pause}
          onClose={() => setCancelling(false)}
        />
      )}
    </Screen>
  );
}

interface BarProps {
  readonly reading: Reading;
  readonly actions: RunActions;
}

function RunningBar({
  stage,
  reading,
  actions,
  onCancel,
}: BarProps & { readonly stage: Stage; readonly onCancel: () => void }) {
  const { doing } = actions;
  const waits = doing !== null || stage !== 'training';
  return (
    <>
      <Button look="quiet" className="danger" disabled={doing !== null} onClick={onCancel}>
        {words.train.cancel}
      </Button>
      <span className="note" role="status">
        {doing === 'pausing'
          ? words.train.pausing
          : doing === 'finishing'
            ? words.train.finishing
            : words.train.willTell}
      </span>
      {reading.keepable !== null && (
        <Button busy={doing === 'finishing'} disabled={waits} onClick={actions.keep}>
          <CircleDot className="icon" aria-hidden />
          {words.train.finishEarly}
        </Button>
      )}
      <Button busy={doing === 'pausing'} disabled={waits} onClick={actions.pause}>
        <Pause className="icon" aria-hidden />
        {words.train.pause}
      </Button>
    </>
  );
}

function RestingBar({
  view,
  reading,
  actions,
  onAnew,
}: BarProps & { readonly view: TrainingView; readonly onAnew: () => void }) {
  const draft = useDraft((state) => state.draft)!;
  const allowed = useCheckAllowed(view.run, view.recipe.check);
  const trained = (view.state.progress?.trained ?? null) !== null;
  return (
    <>
      <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'preview' }} label={words.steps.preview} />
      <Button look="quiet" title={words.train.anewWhy} onClick={onAnew}>
        <RotateCcw className="icon" aria-hidden />
        {words.train.anew}
      </Button>
      {trained ? (
        <>
          <span className="note">{words.train.shrinkNote}</span>
          <NextButton label={words.train.next} to={{ screen: 'wizard', draft: draft.id, step: 'shrink' }} />
        </>
      ) : (
        <>
          <span className="note">
            {allowed === false ? words.train.notAllowed : words.train.goesOnFrom(view.state.progress?.checkpoint ?? 0)}
          </span>
          {reading.keepable !== null && (
            <Button busy={actions.doing === 'finishing'} title={words.train.keepWhy} onClick={actions.keep}>
              {words.train.keep(reading.keepable)}
            </Button>
          )}
          <Button
            look="primary"
            data-key="primary"
            busy={actions.busy}
            disabled={allowed !== true}
            onClick={() => actions.resume()}
          >
            <Play className="icon" aria-hidden />
            {words.train.resume}
          </Button>
        </>
      )}
    </>
  );
}

/** A run from elsewhere may name a program: it is shown and allowed before it ever runs here. */
function Allow({ view }: { readonly view: TrainingView }) {
  const { check } = view.recipe;
  const allowed = useCheckAllowed(view.run, check);
  return check.kind === 'command' && allowed === false ? <AllowProgram subject={view.run} check={check} /> : null;
}

function stageOf({ state }: TrainingView): Stage {
  if ((state.progress?.trained ?? null) !== null) return 'trained';
  return state.phase in words.train.titles ? (state.phase as Stage) : 'training';
}

function isRunning(stage: Stage): boolean {
  return stage === 'training' || stage === 'preparing' || stage === 'queued';
}

/** Why it stopped, where a problem stopped it before its end. */
function failureOf({ state }: TrainingView): Failure | null {
  if ((state.progress?.trained ?? null) !== null) return null;
  if (state.phase === 'failed') return state.failure;
  return state.phase === 'interrupted' ? (state.failure ?? null) : null;
}

function ledeOf(view: TrainingView, stage: Stage, reading: Reading): string {
  const trained = view.state.progress?.trained;
  if (trained !== null && trained !== undefined) return trained.reason;
  if (stage === 'training') {
    const last = view.answers.findLast(({ of }) => of > 0);
    const news =
      last === undefined
        ? `${words.train.health[reading.health][0]}.`
        : words.train.lastCheck(words.runs.rightOf(last.passed, last.of));
    return `${news} ${words.train.ledes.training}`;
  }
  return stage === 'done' || stage === 'trained' ? '' : words.train.ledes[stage];
}
