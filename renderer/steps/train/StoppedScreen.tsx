import { Check, X } from 'lucide-react';
import { useState } from 'react';
import type { Failure } from '#common/domain/errors.ts';
import { errors } from '../../copy/errors.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import type { Reading } from '../../state/reading.ts';
import { go } from '../../state/route.ts';
import type { TrainingView } from '../../state/training.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { NextButton, Screen } from '../../ui/Screen.tsx';
import { Announcer } from './Announcer.tsx';
import { Notices } from './Notices.tsx';
import { TrainingCharts } from './TrainingCharts.tsx';
import type { RunActions } from './use-run-actions.ts';
import { waysOn, type Way } from './ways.ts';

interface Props {
  readonly view: TrainingView;
  readonly reading: Reading;
  readonly failure: Failure;
  readonly actions: RunActions;
  onAnew(): void;
}

/** A problem ended the training: why, what is safe, and the ways on. */
export function StoppedScreen({ view, reading, failure, actions, onAnew }: Props) {
  const draft = useDraft((state) => state.draft)!;
  const ways = waysOn(failure, view.recipe);
  const [name, setName] = useState(ways[0]?.name);
  const way = ways.find((each) => each.name === name) ?? ways[0];
  const saved = view.state.progress?.checkpoint ?? 0;
  const title = words.train.stopped.titles[failure.code] ?? words.train.titles.failed;
  const take = (): void => {
    if (way !== undefined) void follow(way);
  };
  const follow = async ({ act }: Way): Promise<void> => {
    switch (act.kind) {
      case 'resume':
        return actions.resume(act.changes);
      case 'anew':
        await saveDraft({ overrides: { ...draft.overrides, learningRate: act.learningRate } });
        return onAnew();
      case 'model':
        return go({ screen: 'wizard', draft: draft.id, step: 'model' });
    }
  };
  return (
    <Screen
      title={title}
      lede={words.train.stopped.lede(saved, reading.totalUpdates)}
      bar={
        <>
          <Button look="quiet" onClick={() => go({ screen: 'home' })}>
            {words.train.stopped.leave}
          </Button>
          <Button look="quiet" title={words.train.anewWhy} onClick={onAnew}>
            {words.train.anew}
          </Button>
          <span className="note">{way?.act.kind === 'resume' ? words.train.goesOnFrom(saved) : ''}</span>
          {way !== undefined && (
            <NextButton
              label={words.train.stopped.ways[way.name].do}
              busy={actions.busy}
              disabled={view.live}
              onClick={take}
            />
          )}
        </>
      }
    >
      <FailureCallout failure={actions.failure} />
      <div className="stopped">
        <div>
          <section className="card pad" aria-labelledby="why" role="alert">
            <h2 id="why">{words.train.stopped.why}</h2>
            <p className="dim">{failure.message}</p>
            <p className="dim">{failure.advice ?? errors[failure.code].next}</p>
          </section>
          <fieldset className="ways">
            <legend>{words.train.stopped.next}</legend>
            {ways.map((each, index) => (
              <label key={each.name} className="card choice way">
                <input type="radio" name="way" checked={each.name === way?.name} onChange={() => setName(each.name)} />
                <div className="row">
                  <span className="dot" />
                  <b className="strong">{words.train.stopped.ways[each.name].title}</b>
                  {index === 0 && ways.length > 1 && <span className="badge good">{words.train.suggested}</span>}
                </div>
                <p className="small dim">{words.train.stopped.ways[each.name].why}</p>
              </label>
            ))}
          </fieldset>
        </div>
        <Safe view={view} reading={reading} saved={saved} failure={failure} actions={actions} />
      </div>
      {view.steps.length > 1 && (
        <div className="gap14 below">
          <TrainingCharts view={view} reading={reading} kept={null} running={false} />
        </div>
      )}
      <Notices view={view} onAnew={onAnew} />
      <Announcer view={view} title={title} />
    </Screen>
  );
}

function Safe({ view, reading, saved, failure, actions }: Omit<Props, 'onAnew'> & { readonly saved: number }) {
  const { best, keepable } = reading;
  const lost = Math.max(0, reading.update - saved);
  const examples = (view.start?.trainExamples ?? 0) + (view.start?.heldOutExamples ?? 0);
  return (
    <section className="card pad safe" aria-labelledby="safe">
      <h2 id="safe">{words.train.stopped.safe}</h2>
      <ul>
        <Line good={saved > 0}>{saved > 0 ? words.train.stopped.saved(saved) : words.train.stopped.nothingSaved}</Line>
        {best !== null && (
          <Line good>{words.train.stopped.best(best.update, words.runs.rightOf(best.passed, best.of))}</Line>
        )}
        {examples > 0 && <Line good>{words.train.stopped.examples(count(examples))}</Line>}
        {lost > 0 && <Line good={false}>{words.train.stopped.lost(lost)}</Line>}
      </ul>
      {keepable !== null && (
        <div className="ruled">
          <Button small busy={actions.doing === 'finishing'} disabled={view.live} onClick={actions.keep}>
            {words.train.keepAsIs(keepable)}
          </Button>
          <p className="small dim gap">{words.train.keepWhy}</p>
        </div>
      )}
      <details className="small ruled">
        <summary className="dim">{words.train.stopped.details}</summary>
        <pre className="mono expected">
          {[failure.code, failure.message, view.start?.device ?? '', view.run].filter(Boolean).join('\n')}
        </pre>
      </details>
    </section>
  );
}

function Line({ good, children }: { readonly good: boolean; readonly children: React.ReactNode }) {
  const Icon = good ? Check : X;
  return (
    <li className="row">
      <Icon className={`icon ${good ? 'accent' : 'faint'}`} aria-hidden />
      {children}
    </li>
  );
}
