import { Pencil } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Side } from '#common/contract/app/comparing.ts';
import { assertNever } from '#common/domain/errors.ts';
import { words } from '../../copy/index.ts';
import { AnswerText } from '../../ui/AnswerText.tsx';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';

export interface Answer {
  readonly text: string;
  /** `known`: from an earlier visit. `cut-off`: the limit ended it. `stopped`: the person did. */
  readonly state: 'waiting' | 'loading' | 'streaming' | 'ended' | 'cut-off' | 'stopped' | 'failed' | 'known';
  readonly tokensPerSecond?: number;
}

export interface Exchange {
  readonly prompt: string;
  readonly base: Answer;
  readonly tuned: Answer;
}

interface Props {
  readonly side: Side;
  readonly title: string;
  readonly all: readonly Exchange[];
  readonly suggestions?: readonly string[];
  readonly onSuggestion?: (prompt: string) => void;
  readonly onFix?: (exchange: Exchange) => void;
}

/** One side's conversation: its questions with their answers, the newest at the bottom. */
export function Pane({ side, title, all, suggestions = [], onSuggestion, onFix }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const last = all.at(-1);
  const answer = last?.[side];
  useEffect(() => {
    // Newer browsers return a promise here, which must not become the effect's own clean-up.
    void box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [answer?.text, all.length]);
  const label = side === 'base' ? words.compare.before : words.compare.after;
  const speed = answer?.tokensPerSecond ?? 0;
  return (
    <section className="card pane" aria-label={`${label}: ${title}`}>
      <div className="card-head">
        <span className={`badge ${side}`}>{label}</span>
        <h2 className="ellipsis" title={title}>
          {title}
        </h2>
      </div>
      <div className="msgs" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={label}>
        {all.length === 0 && side === 'base' && (
          <div className="stack first">
            <p className="small dim">{words.compare.empty}</p>
            {suggestions.length > 0 && <p className="small dim">{words.compare.suggestions}</p>}
            {suggestions.map((prompt) => (
              <button key={prompt} type="button" className="suggestion" onClick={() => onSuggestion?.(prompt)}>
                {prompt}
              </button>
            ))}
          </div>
        )}
        {all.map((exchange, index) => (
          <div key={index} className="exchange">
            <div className="bubble you">{exchange.prompt}</div>
            <div className="bubble model">
              <Said answer={exchange[side]} side={side} />
            </div>
            {onFix !== undefined && exchange !== last && isOver(exchange.tuned) && (
              <Button look="quiet" small className="refix" onClick={() => onFix(exchange)}>
                <Pencil className="icon" aria-hidden />
                {words.compare.fixShort}
                <span className="sr">: {exchange.prompt}</span>
              </Button>
            )}
          </div>
        ))}
      </div>
      <div className="foot">
        {onFix !== undefined && last !== undefined && isOver(last.tuned) && (
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
            {[footOf(answer), speed > 0 ? words.compare.speed(count(speed)) : ''].filter(Boolean).join(' · ')}
          </span>
        )}
      </div>
    </section>
  );
}

function Said({ answer: { text, state }, side }: { readonly answer: Answer; readonly side: Side }) {
  if (state === 'waiting') return <p className="faint">{words.compare.waiting}</p>;
  if (state === 'loading' && text === '') return <p className="faint">{words.compare.loading}</p>;
  if (state === 'failed' && text === '') return <p className="danger-ink">{words.compare.failed}</p>;
  if (text.trim() === '' && state !== 'streaming') return <p className="faint">{words.compare.noWords}</p>;
  const caret = state === 'streaming' ? <span className={`caret ${side}`} aria-hidden="true" /> : null;
  return <AnswerText text={text} caret={caret} />;
}

function isOver({ state }: Answer): boolean {
  return state === 'ended' || state === 'cut-off' || state === 'stopped' || state === 'known';
}

function footOf({ text, state }: Answer): string {
  const said = text.split(/\s+/).filter(Boolean).length;
  switch (state) {
    case 'waiting':
    case 'loading':
    case 'failed':
      return '';
    case 'streaming':
      return words.compare.still(said);
    case 'stopped':
      return words.compare.stopped(said);
    case 'cut-off':
      return words.compare.cutOff(said);
    case 'ended':
    case 'known':
      return words.compare.foot(said);
    default:
      return assertNever(state, 'answer');
  }
}
