import { Undo2 } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { BlindChoice, BlindState } from '#common/contract/app/comparing.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Field } from '../../ui/Field.tsx';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { isTyping } from '../../ui/shortcuts.ts';
import { BlindScore } from './BlindScore.tsx';

const keys: Record<string, BlindChoice> = { 1: 'a', 2: 'b', 3: 'both', 4: 'neither' };

export function Blind({ run, tabs }: { readonly run: string; readonly tabs: ReactNode }) {
  const draft = useDraft((state) => state.draft)!;
  const stored = useAnswer((signal) => api.comparing.blind({ run }, signal), run);
  const [changed, setState] = useState<BlindState | null>(null);
  const [howMany, setHowMany] = useState(20);
  const work = useAction();
  const state = changed ?? stored.value;
  const prepare = (): void => {
    void work.run(async () => {
      for await (const next of api.comparing.blindPrepare({ run, count: howMany, settings: {} })) setState(next);
    });
  };
  const vote = (choice: BlindChoice): void => {
    if (state?.phase !== 'voting' || work.busy) return;
    const { index } = state.pair;
    void work.run(async () => setState(await api.comparing.vote({ run, index, choice })));
  };
  const undo = (): void => void work.run(async () => setState(await api.comparing.undoVote({ run })));
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const choice = keys[event.key];
      if (choice !== undefined) vote(choice);
      else if (event.key === 'z' && state?.phase === 'voting' && state.done > 0) undo();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
  const back = <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'install' }} label={words.steps.install} />;
  if (state?.phase === 'result')
    return (
      <BlindScore run={run} result={state.result} tabs={tabs} back={back} onAgain={() => setState({ phase: 'none' })} />
    );
  if (state?.phase === 'voting') {
    const { pair, done, total } = state;
    return (
      <Screen
        title={words.compare.blindTitle}
        lede={words.compare.blindLede}
        aside={tabs}
        bar={
          <>
            <Button look="quiet" disabled={done === 0} onClick={undo}>
              <Undo2 className="icon" aria-hidden />
              {words.compare.undo} <kbd>Z</kbd>
            </Button>
            <span className="note">{words.compare.hidden}</span>
            <Button
              disabled={done === 0}
              onClick={() => void work.run(async () => setState(await api.comparing.finishBlind({ run })))}
            >
              {words.compare.finish}
            </Button>
          </>
        }
      >
        <FailureCallout failure={work.failure} />
        <div className="row between blind-head">
          <div
            className="pips"
            role="progressbar"
            aria-label={words.compare.judged}
            aria-valuemin={0}
            aria-valuemax={total}
            aria-valuenow={done}
          >
            {Array.from({ length: total }, (_, index) => (
              <i key={index} className={index < done ? 'd' : index === done ? 'c' : ''} />
            ))}
          </div>
          <span className="small dim nowrap">{words.compare.progress(Math.min(done + 1, total), total)}</span>
        </div>
        <p className="blind-q">“{pair.prompt}”</p>
        <div className="panes blind">
          <Side letter="A" text={pair.a} />
          <Side letter="B" text={pair.b} />
        </div>
        <div className="vote">
          <Button onClick={() => vote('a')}>
            {words.compare.aBetter} <kbd>1</kbd>
          </Button>
          <Button onClick={() => vote('b')}>
            {words.compare.bBetter} <kbd>2</kbd>
          </Button>
        </div>
        <div className="ties">
          <Button look="quiet" small onClick={() => vote('both')}>
            {words.compare.both} <kbd>3</kbd>
          </Button>
          <Button look="quiet" small onClick={() => vote('neither')}>
            {words.compare.neither} <kbd>4</kbd>
          </Button>
        </div>
        <p className="sr" role="status">
          {words.compare.progress(Math.min(done + 1, total), total)}
        </p>
      </Screen>
    );
  }
  const preparing = state?.phase === 'preparing' ? state.work : null;
  return (
    <Screen
      title={words.compare.blindStartTitle}
      lede={words.compare.blindStart}
      aside={tabs}
      bar={
        <>
          {back}
          <span className="note" />
          <NextButton label={words.compare.begin} busy={work.busy} disabled={state === null} onClick={prepare} />
        </>
      }
    >
      <FailureCallout failure={work.failure ?? stored.failure} />
      {preparing !== null ? (
        <section className="card pad stack" role="status">
          <p className="strong">{words.compare.preparing}</p>
          <Meter
            big
            label={words.compare.preparing}
            value={preparing.total === 0 ? null : (preparing.completed / preparing.total) * 100}
            text={words.runs.passedOf(preparing.completed, preparing.total)}
          />
        </section>
      ) : (
        <section className="card pad narrow-card">
          <Field label={words.compare.howMany}>
            <input
              className="input"
              type="number"
              min={1}
              max={100}
              value={howMany}
              onChange={(event) => setHowMany(Math.max(1, Math.min(100, Number(event.target.value) || 1)))}
            />
          </Field>
        </section>
      )}
    </Screen>
  );
}

function Side({ letter, text }: { readonly letter: string; readonly text: string }) {
  return (
    <section className="card pane" aria-label={words.compare.answerOf(letter)}>
      <div className="card-head">
        <span className="letter" aria-hidden="true">
          {letter}
        </span>
        <h2>{words.compare.answerOf(letter)}</h2>
      </div>
      <div className="msgs" tabIndex={0} role="region" aria-label={words.compare.answerOf(letter)}>
        <pre>{text}</pre>
      </div>
    </section>
  );
}
