import { Undo2 } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { BlindChoice, BlindState, ComparingState } from '#common/contract/app/comparing.ts';
import type { Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { AnswerText } from '../../ui/AnswerText.tsx';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { Field } from '../../ui/Field.tsx';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { isTyping } from '../../ui/shortcuts.ts';
import { BlindScore } from './BlindScore.tsx';
import { Working } from './Working.tsx';

const keys: Record<string, BlindChoice> = { 1: 'a', 2: 'b', 3: 'both', 4: 'neither' };

interface Props {
  readonly run: string;
  readonly tabs: ReactNode;
  readonly state: ComparingState | null;
  readonly unreachable: Failure | null;
}

/** With fewer choices even a clean sweep has a chance of more than 5 in 100. */
const fewestForAVerdict = 6;

export function Blind({ run, tabs, state: watched, unreachable }: Props) {
  const draft = useDraft((state) => state.draft)!;
  const questions = useAnswer((signal) => api.comparing.questions({ run, limit: 100 }, signal), run);
  const [again, setAgain] = useState(false);
  const [howMany, setHowMany] = useState(20);
  const [own, setOwn] = useState('');
  const work = useAction();
  const state: BlindState | null = again ? { phase: 'none' } : (watched?.blind ?? null);
  const going = watched?.work ?? null;
  const ownQuestions = own
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 100);
  const held = questions.value?.length ?? 0;
  const prepare = (): void => {
    void work
      .run(() => api.comparing.blindPrepare({ run, count: howMany, questions: ownQuestions, settings: {} }))
      .then((done) => done && setAgain(false));
  };
  const vote = (choice: BlindChoice): void => {
    if (state?.phase !== 'voting' || work.busy) return;
    const { index } = state.pair;
    void work.run(() => api.comparing.vote({ run, index, choice }));
  };
  const undo = (): void => void work.run(() => api.comparing.undoVote({ run }));
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null) return;
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const choice = keys[event.key];
      if (choice !== undefined) vote(choice);
      else if (event.key.toLowerCase() === 'z' && state?.phase === 'voting' && state.done > 0) undo();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
  const back = <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'install' }} label={words.steps.install} />;
  if (state?.phase === 'result' && going === null)
    return <BlindScore run={run} result={state.result} tabs={tabs} back={back} onAgain={() => setAgain(true)} />;
  if (state?.phase === 'voting' && going === null) {
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
            <Button disabled={done === 0} onClick={() => void work.run(() => api.comparing.finishBlind({ run }))}>
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
  const total = Math.min(howMany, held + ownQuestions.length);
  return (
    <Screen
      title={words.compare.blindStartTitle}
      lede={words.compare.blindStart}
      aside={tabs}
      bar={
        <>
          {back}
          <span className="note" />
          {going === null ? (
            <NextButton
              label={words.compare.begin}
              busy={work.busy}
              disabled={watched === null || total === 0}
              onClick={prepare}
            />
          ) : (
            <Button onClick={() => void work.run(() => api.comparing.cancel({ run }))}>{words.compare.cancel}</Button>
          )}
        </>
      }
    >
      <FailureCallout
        failure={
          unreachable ?? work.failure ?? questions.failure ?? (going === null ? (watched?.failure ?? null) : null)
        }
      />
      {going !== null ? (
        <Working work={going} />
      ) : (
        <section className="card pad stack blind-setup">
          <div className="row">
            <Field label={words.compare.howMany}>
              <input
                className="input w96"
                type="number"
                min={1}
                max={100}
                value={howMany}
                onChange={(event) => setHowMany(Math.max(1, Math.min(100, Number(event.target.value) || 1)))}
              />
            </Field>
            <p className="small dim">{questions.value !== null && words.compare.howManyWhy(held)}</p>
          </div>
          {questions.value !== null && total < fewestForAVerdict && (
            <Callout kind="warn">{words.compare.fewQuestions}</Callout>
          )}
          <Field label={words.compare.own} hint={words.compare.ownWhy}>
            <textarea className="input area" value={own} onChange={(event) => setOwn(event.target.value)} />
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
      <div className="msgs" tabIndex={0} role="group" aria-label={words.compare.answerOf(letter)}>
        <AnswerText text={text.trim() === '' ? words.compare.noWords : text} />
      </div>
    </section>
  );
}
