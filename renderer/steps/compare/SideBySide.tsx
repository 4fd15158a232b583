import { Dices, Square } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { z } from 'zod';
import type { Side } from '#common/contract/app/comparing.ts';
import { toFailure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { useDraft } from '../../state/draft.ts';
import { useKept } from '../../state/kept.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { BackLink, Screen } from '../../ui/Screen.tsx';
import { FixDialog } from './FixDialog.tsx';
import { Pane, type Answer, type Exchange } from './Pane.tsx';

/** Most tokens of an answer. */
const maxTokens = 512;
const waiting: Answer = { text: '', state: 'waiting' };
const known = (text: string): Answer => ({ text, state: 'known' });

export function SideBySide({ run, tabs }: { readonly run: string; readonly tabs: ReactNode }) {
  const draft = useDraft((state) => state.draft)!;
  const examples = useDraft((state) => state.summary?.examples ?? 0);
  const summary = useApp((state) => state.runs?.find(({ id }) => id === run) ?? null);
  const history = useAnswer((signal) => api.comparing.history({ run }, signal), run);
  const questions = useAnswer((signal) => api.comparing.questions({ run, limit: 100 }, signal), run);
  const [asked, setAsked] = useState<readonly Exchange[]>([]);
  const [text, setText] = useKept(`question.${run}`, z.string(), '');
  const [temperature, setTemperature] = useState(0);
  const [fixing, setFixing] = useState<Exchange | null>(null);
  const ending = useRef<AbortController | null>(null);
  const work = useAction();
  useEffect(() => () => ending.current?.abort(), []);
  const old: readonly Exchange[] = (history.value ?? []).map(({ prompt, base, tuned }) => ({
    prompt,
    base: known(base),
    tuned: known(tuned),
  }));
  const all = [...old, ...asked];
  const change = (side: Side, answer: (before: Answer) => Answer): void =>
    setAsked((list) =>
      list.map((exchange, index) =>
        index === list.length - 1 ? { ...exchange, [side]: answer(exchange[side]) } : exchange,
      ),
    );
  const ask = (): void => {
    const prompt = text.trim();
    if (prompt === '' || work.busy) return;
    setText('');
    setAsked((list) => [...list, { prompt, base: { text: '', state: 'loading' }, tuned: waiting }]);
    const abort = new AbortController();
    ending.current = abort;
    void work.run(async () => {
      let left: Answer['state'] = 'stopped';
      try {
        const settings = { temperature, maxTokens };
        for await (const event of api.comparing.ask({ run, prompt, settings }, abort.signal)) {
          if (event.type === 'text') {
            change(event.side, (before) => ({ text: before.text + event.text, state: 'streaming' }));
          } else {
            const { answer, stopped, tokensPerSecond } = event;
            change(event.side, () => ({ text: answer, state: stopped ? 'ended' : 'cut-off', tokensPerSecond }));
            if (event.side === 'base') change('tuned', () => ({ text: '', state: 'loading' }));
          }
        }
      } catch (thrown) {
        if (toFailure(thrown).code !== 'cancelled') left = 'failed';
        throw thrown;
      } finally {
        for (const side of ['base', 'tuned'] as const) {
          change(side, (before) =>
            before.state === 'streaming' || before.state === 'loading' || before.state === 'waiting'
              ? { ...before, state: left }
              : before,
          );
        }
      }
    });
  };
  const draw = (): void => {
    const list = (questions.value ?? []).filter(({ prompt }) => all.every((each) => each.prompt !== prompt));
    const pool = list.length > 0 ? list : (questions.value ?? []);
    const pick = pool[Math.floor(Math.random() * pool.length)];
    if (pick === undefined) return;
    setText(pick.prompt);
    document.getElementById('ask')?.focus();
  };
  const clear = async (): Promise<void> => {
    await api.comparing.clear({ run });
    setAsked([]);
    history.again();
  };
  const waitingExamples = summary === null ? 0 : examples - summary.examples;
  const expectedOf = (prompt: string): string | undefined =>
    questions.value?.find((each) => each.prompt === prompt)?.expected;
  return (
    <Screen
      title={words.compare.title}
      lede={words.compare.lede}
      aside={tabs}
      fixed
      className="compare"
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'install' }} label={words.steps.install} />
          {all.length > 0 && (
            <Button look="quiet" disabled={work.busy} onClick={() => void work.run(clear)}>
              {words.compare.clear}
            </Button>
          )}
          <label className="row small chance-knob" title={words.compare.temperatureWhy}>
            {words.compare.temperature}
            <input
              type="range"
              min={0}
              max={1}
              step={0.1}
              value={temperature}
              aria-valuetext={`${temperature}. ${words.compare.temperatureWhy}`}
              onChange={(event) => setTemperature(Number(event.target.value))}
            />
            <span className="mono">{temperature.toFixed(1)}</span>
          </label>
          <span className="note">
            <span className="hide-narrow">
              {waitingExamples > 0
                ? words.compare.fixedWaiting(waitingExamples)
                : words.compare.settings(temperature.toFixed(1), maxTokens)}
            </span>
          </span>
          {waitingExamples > 0 && (
            <Button onClick={() => go({ screen: 'wizard', draft: draft.id, step: 'train' })}>
              {words.compare.trainAgain}
            </Button>
          )}
          <Button onClick={() => go({ screen: 'home' })}>{words.compare.done}</Button>
        </>
      }
    >
      <FailureCallout failure={work.failure ?? history.failure} />
      <div className="panes">
        <Pane
          side="base"
          title={summary === null ? words.compare.before : summary.base}
          all={all}
          suggestions={(questions.value ?? []).slice(0, 3).map(({ prompt }) => prompt)}
          onSuggestion={(prompt) => {
            setText(prompt);
            document.getElementById('ask')?.focus();
          }}
        />
        <Pane
          side="tuned"
          title={summary?.installedAs[0]?.replace(/:latest$/, '') ?? summary?.title ?? words.compare.after}
          all={all}
          onFix={setFixing}
        />
      </div>
      <p className="sr" role="status">
        {work.busy ? words.compare.answering : asked.length > 0 ? words.compare.answered : ''}
      </p>
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <label className="sr" htmlFor="ask">
          {words.compare.ask}
        </label>
        <input
          id="ask"
          autoComplete="off"
          placeholder={words.compare.placeholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {(questions.value?.length ?? 0) > 0 && (
          <Button look="quiet" small onClick={draw}>
            <Dices className="icon" aria-hidden />
            {words.compare.heldOut}
          </Button>
        )}
        {work.busy ? (
          <Button onClick={() => ending.current?.abort()}>
            <Square className="icon" aria-hidden />
            {words.compare.stop}
          </Button>
        ) : (
          <Button look="primary" type="submit" data-key="primary" disabled={text.trim() === ''}>
            {words.compare.ask}
          </Button>
        )}
      </form>
      {fixing !== null && (
        <FixDialog
          run={run}
          prompt={fixing.prompt}
          answer={fixing.tuned.text}
          expected={expectedOf(fixing.prompt)}
          onClose={() => setFixing(null)}
        />
      )}
    </Screen>
  );
}
