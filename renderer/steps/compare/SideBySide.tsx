import { Dices, Pencil, Square } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Side } from '#common/contract/app/comparing.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { useDraft } from '../../state/draft.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { BackLink, Screen } from '../../ui/Screen.tsx';
import { FixDialog } from './FixDialog.tsx';

interface Answer {
  readonly text: string;
  readonly ended: { readonly stopped: boolean; readonly tokensPerSecond: number } | null;
}
interface Exchange {
  readonly prompt: string;
  readonly base: Answer;
  readonly tuned: Answer;
}

const waiting: Answer = { text: '', ended: null };
const known = (text: string): Answer => ({ text, ended: { stopped: true, tokensPerSecond: 0 } });

export function SideBySide({ run, tabs }: { readonly run: string; readonly tabs: ReactNode }) {
  const draft = useDraft((state) => state.draft)!;
  const summary = useApp((state) => state.runs?.find(({ id }) => id === run) ?? null);
  const history = useAnswer((signal) => api.comparing.history({ run }, signal), run);
  const questions = useAnswer((signal) => api.comparing.questions({ run, limit: 100 }, signal), run);
  const [asked, setAsked] = useState<readonly Exchange[]>([]);
  const [text, setText] = useState('');
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
    setAsked((list) => [...list, { prompt, base: waiting, tuned: waiting }]);
    const abort = new AbortController();
    ending.current = abort;
    void work.run(async () => {
      try {
        for await (const event of api.comparing.ask({ run, prompt, settings: { temperature } }, abort.signal)) {
          if (event.type === 'text') change(event.side, (before) => ({ ...before, text: before.text + event.text }));
          else
            change(event.side, () => ({
              text: event.answer,
              ended: { stopped: event.stopped, tokensPerSecond: event.tokensPerSecond },
            }));
        }
      } finally {
        for (const side of ['base', 'tuned'] as const)
          change(side, (before) =>
            before.ended === null ? { ...before, ended: { stopped: false, tokensPerSecond: 0 } } : before,
          );
      }
    });
  };
  const draw = (): void => {
    const list = questions.value ?? [];
    const pick = list[Math.floor(Math.random() * list.length)];
    if (pick !== undefined) setText(pick.prompt);
  };
  const clear = async (): Promise<void> => {
    await api.comparing.clear({ run });
    setAsked([]);
    history.again();
  };
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
          <label className="note row small">
            {words.compare.temperature}
            <input
              type="range"
              min={0}
              max={1}
              step={0.1}
              value={temperature}
              aria-valuetext={`${temperature}`}
              title={words.compare.temperatureWhy}
              onChange={(event) => setTemperature(Number(event.target.value))}
            />
            <span className="mono">{temperature.toFixed(1)}</span>
          </label>
          <Button onClick={() => go({ screen: 'home' })}>{words.compare.done}</Button>
        </>
      }
    >
      <FailureCallout failure={work.failure ?? history.failure} />
      <div className="panes">
        <Pane side="base" title={summary?.base ?? words.compare.before} all={all} />
        <Pane
          side="tuned"
          title={summary?.installedAs[0] ?? summary?.title ?? words.compare.after}
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
          <Button look="primary" type="submit" disabled={text.trim() === ''}>
            {words.compare.ask}
          </Button>
        )}
      </form>
      {fixing !== null && (
        <FixDialog run={run} prompt={fixing.prompt} answer={fixing.tuned.text} onClose={() => setFixing(null)} />
      )}
    </Screen>
  );
}

interface PaneProps {
  readonly side: Side;
  readonly title: string;
  readonly all: readonly Exchange[];
  readonly onFix?: (exchange: Exchange) => void;
}

function Pane({ side, title, all, onFix }: PaneProps) {
  const box = useRef<HTMLDivElement>(null);
  const last = all.at(-1);
  const answer = last?.[side];
  useEffect(() => {
    // Newer browsers return a promise here, which must not become the effect's own clean-up.
    void box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [answer?.text, all.length]);
  const label = side === 'base' ? words.compare.before : words.compare.after;
  return (
    <section className="card pane" aria-label={`${label}: ${title}`}>
      <div className="card-head">
        <span className={`badge ${side}`}>{label}</span>
        <h2 className="ellipsis">{title}</h2>
      </div>
      <div className="msgs" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={label}>
        {all.length === 0 && <p className="small dim">{words.compare.empty}</p>}
        {all.map((exchange, index) => (
          <div key={index} className="exchange">
            <div className="bubble you">{exchange.prompt}</div>
            <div className="bubble model">
              <pre>
                {exchange[side].text}
                {exchange[side].ended === null && <span className={`caret ${side}`} aria-hidden="true" />}
              </pre>
            </div>
          </div>
        ))}
      </div>
      <div className="foot">
        {onFix !== undefined && last !== undefined && answer !== undefined && answer.ended !== null && (
          <>
            <Button small onClick={() => onFix(last)}>
              <Pencil className="icon" aria-hidden />
              {words.compare.fix}
            </Button>
            <span className="hide-narrow">{words.compare.fixWhy}</span>
          </>
        )}
        {answer !== undefined && (
          <span className={onFix === undefined ? '' : 'push'}>
            {footOf(answer)}
            {answer.ended !== null &&
              answer.ended.tokensPerSecond > 0 &&
              ` · ${words.compare.speed(count(answer.ended.tokensPerSecond))}`}
          </span>
        )}
      </div>
    </section>
  );
}

function footOf({ text, ended }: Answer): string {
  const said = text.split(/\s+/).filter(Boolean).length;
  if (ended === null) return words.compare.still(said);
  return ended.stopped ? words.compare.foot(said) : words.compare.cutOff(said);
}
