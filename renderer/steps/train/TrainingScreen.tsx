import { Pause, Play, RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { readTraining, type Reading } from '../../state/reading.ts';
import type { TrainingView } from '../../state/training.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { count, duration } from '../../ui/format.ts';
import { useAction, useNow } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { Samples } from './Samples.tsx';
import { TrainingCharts } from './TrainingCharts.tsx';
import { TrainingFacts } from './TrainingFacts.tsx';

type Stage = keyof typeof words.train.titles;

export function TrainingScreen({ view, onAnew }: { readonly view: TrainingView; onAnew(): void }) {
  const draft = useDraft((state) => state.draft)!;
  const [cancelling, setCancelling] = useState(false);
  const [pausing, setPausing] = useState(false);
  const work = useAction();
  const { state } = view;
  const trained = state.progress?.trained ?? null;
  const stage: Stage =
    trained !== null ? 'trained' : state.phase in words.train.titles ? (state.phase as Stage) : 'training';
  const running = stage === 'training' || stage === 'preparing' || stage === 'queued';
  const now = useNow(running);
  const reading = readTraining(view, now);
  useEffect(() => {
    if (!running) setPausing(false);
  }, [running]);
  const pause = (): void => {
    setPausing(true);
    void work.run(() => api.training.pause({ run: view.run })).then((done) => !done && setPausing(false));
  };
  return (
    <Screen
      title={words.train.titles[stage]}
      lede={ledeOf(view, stage, reading)}
      bar={
        running ? (
          <>
            <Button look="quiet" className="danger" onClick={() => setCancelling(true)}>
              {words.train.cancel}
            </Button>
            <span className="note" role="status">
              {pausing ? words.train.pausing : words.train.willTell}
            </span>
            <Button busy={pausing || stage !== 'training'} onClick={pause}>
              <Pause className="icon" aria-hidden />
              {words.train.pause}
            </Button>
          </>
        ) : trained !== null ? (
          <>
            <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'preview' }} label={words.steps.preview} />
            <Button look="quiet" title={words.train.anewWhy} onClick={onAnew}>
              <RotateCcw className="icon" aria-hidden />
              {words.train.anew}
            </Button>
            <span className="note">{words.train.shrinkNote}</span>
            <NextButton label={words.train.next} to={{ screen: 'wizard', draft: draft.id, step: 'shrink' }} />
          </>
        ) : (
          <>
            <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'preview' }} label={words.steps.preview} />
            <span className="note">{words.train.anewWhy}</span>
            <Button onClick={onAnew}>
              <RotateCcw className="icon" aria-hidden />
              {words.train.anew}
            </Button>
            <Button
              look="primary"
              data-key="primary"
              busy={work.busy}
              onClick={() => void work.run(() => api.training.resume({ run: view.run }))}
            >
              <Play className="icon" aria-hidden />
              {words.train.resume}
            </Button>
          </>
        )
      }
    >
      <FailureCallout failure={work.failure} />
      {state.phase === 'failed' && <FailureCallout failure={state.failure} />}
      <div className="prog" role="group" aria-label={words.train.progress}>
        <span className="eta">
          {trained !== null
            ? words.train.kept(trained.keptUpdate)
            : running
              ? reading.etaSeconds === null
                ? words.train.measuringTime
                : words.train.left(duration(reading.etaSeconds))
              : words.runs.phase[state.phase]}
        </span>
        <Meter
          big
          label={words.train.progress}
          value={stage === 'preparing' || stage === 'queued' ? null : trained !== null ? 100 : reading.percent}
          text={words.train.ofUpdates(count(reading.update), count(reading.totalUpdates))}
        />
        <span className="small dim">{words.train.ofUpdates(count(reading.update), count(reading.totalUpdates))}</span>
      </div>
      <div className="top">
        <TrainingCharts view={view} reading={reading} kept={trained?.keptUpdate ?? null} running={running} />
        <TrainingFacts view={view} reading={reading} now={now} running={running} />
      </div>
      <Samples samples={view.samples} />
      {view.notices.length > 0 && (
        <section className="stack notices" aria-label={words.train.notices}>
          {view.notices.slice(-4).map((notice, index) => (
            <Callout key={`${index}${notice.update}${notice.code}`}>
              {words.train.atUpdate(notice.update)}: {notice.message}
            </Callout>
          ))}
        </section>
      )}
      <Announcer view={view} />
      {cancelling && (
        <Dialog
          title={words.train.cancelTitle}
          onClose={() => setCancelling(false)}
          footer={
            <>
              <Button
                look="danger"
                onClick={() => {
                  setCancelling(false);
                  void work.run(() => api.training.cancel({ run: view.run }));
                }}
              >
                {words.train.cancelYes}
              </Button>
              <Button
                className="push"
                onClick={() => {
                  setCancelling(false);
                  pause();
                }}
              >
                {words.train.pause}
              </Button>
              <Button look="primary" autoFocus onClick={() => setCancelling(false)}>
                {words.train.cancelNo}
              </Button>
            </>
          }
        >
          <p className="dim">{words.train.cancelWhy(duration(reading.elapsedMs / 1000))}</p>
        </Dialog>
      )}
    </Screen>
  );
}

function ledeOf(view: TrainingView, stage: Stage, reading: Reading): string {
  const trained = view.state.progress?.trained;
  if (trained !== null && trained !== undefined) return trained.reason;
  if (stage === 'training') return [words.train.health[reading.health][0], words.train.ledes.training].join('. ');
  return stage === 'done' || stage === 'trained' ? '' : words.train.ledes[stage];
}

/** Says each check once, not each tick. */
function Announcer({ view }: { readonly view: TrainingView }) {
  const last = view.answers.at(-1) ?? view.evaluations.at(-1);
  const first = useRef(last?.update);
  if (last === undefined || last.update === first.current) return <div className="sr" role="status" />;
  const right = 'passed' in last ? words.runs.rightOf(last.passed, last.of) : '';
  return (
    <div className="sr" role="status">
      {words.train.said(last.update, right)}
    </div>
  );
}
