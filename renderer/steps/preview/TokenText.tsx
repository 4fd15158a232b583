import { FoldVertical } from 'lucide-react';
import { memo, useMemo, useRef, useState } from 'react';
import { words } from '../../copy/index.ts';
import { count } from '../../ui/format.ts';
import { Meter } from '../../ui/Meter.tsx';
import { explainToken, isSpecial, tokenRuns, type Token, type TokenRun } from './token-runs.ts';

const classes = { learned: 'l', read: '', cut: 'c' } as const;
/** Longer texts are folded in their middle: thousands of marks are slow and nobody reads them. */
const shownAtEachEnd = 400;
const moreAtOnce = 1000;

interface Tip {
  readonly index: number;
  readonly left: number;
  readonly top: number;
}

interface Props {
  readonly tokens: readonly Token[];
  readonly edges: boolean;
  readonly loading: boolean;
}

/** The exact text, token by token. One tab stop; arrows move inside and explain. */
export function TokenText({ tokens, edges, loading }: Props) {
  const [tip, setTip] = useState<Tip | null>(null);
  const [head, setHead] = useState(shownAtEachEnd);
  const box = useRef<HTMLDivElement>(null);
  const runs = useMemo(() => tokenRuns(tokens), [tokens]);
  const foldTo = tokens.length - shownAtEachEnd;
  const hidden = foldTo - head > 100 ? { from: head, to: foldTo } : null;
  const mark = (index: number | null): void => {
    box.current?.querySelector('.tok.hov')?.classList.remove('hov');
    if (index !== null) box.current?.querySelector(`[data-at="${index}"]`)?.classList.add('hov');
  };
  const hide = (): void => {
    mark(null);
    setTip(null);
  };
  const show = (index: number, follow: boolean): void => {
    const element = box.current?.querySelector<HTMLElement>(`[data-at="${index}"]`);
    if (element === null || element === undefined || box.current === null) return;
    mark(index);
    if (follow) element.scrollIntoView({ block: 'nearest' });
    const place = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const frame = box.current.getBoundingClientRect();
    setTip({
      index,
      left: Math.max(0, Math.min(place.left - frame.left, frame.width - 268)),
      top: place.bottom - frame.top + 6,
    });
  };
  const move = (step: number): void => {
    let next = (tip?.index ?? -1) + step;
    if (hidden !== null && next >= hidden.from && next < hidden.to) next = step > 0 ? hidden.to : hidden.from - 1;
    if (next >= 0 && next < tokens.length) show(next, true);
  };
  if (loading) {
    return (
      <div className="pad">
        <Meter label={words.ui.loading} value={null} />
      </div>
    );
  }
  const pointed = tip === null ? undefined : tokens[tip.index];
  return (
    <div
      ref={box}
      className={`tokens ${edges ? 'edges' : ''}`}
      tabIndex={0}
      role="group"
      aria-label={words.preview.tokens}
      aria-describedby={tip === null ? 'token-keys' : 'token-tip'}
      onKeyDown={(event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        if (event.key === 'ArrowRight' || event.key === 'ArrowDown') move(1);
        else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') move(-1);
        else if (event.key === 'Escape') hide();
        else return;
        event.preventDefault();
      }}
      onPointerOver={(event) => {
        const at = (event.target as HTMLElement).closest<HTMLElement>('[data-at]')?.dataset['at'];
        if (at !== undefined) show(Number(at), false);
      }}
      onPointerLeave={hide}
      onBlur={hide}
    >
      <span className="sr" id="token-keys">
        {words.preview.tokenKeys}
      </span>
      <Runs
        runs={runs}
        from={hidden?.from ?? -1}
        to={hidden?.to ?? -1}
        onMore={() => setHead((shown) => shown + moreAtOnce)}
      />
      {tip !== null && pointed !== undefined && (
        <div className="tip" id="token-tip" role="tooltip" style={{ left: tip.left, top: tip.top }}>
          <span className="row">
            <span className={`badge tok-${pointed.role}`}>{words.preview.badges[pointed.role]}</span>
            <span className="faint tiny push">{words.preview.place(count(tip.index + 1), count(tokens.length))}</span>
          </span>
          <span className="dim block">{explainToken(tokens, tip.index)}</span>
        </div>
      )}
      <span className="sr" aria-live="polite">
        {tip !== null && pointed !== undefined
          ? words.preview.spoken(pointed.text, explainToken(tokens, tip.index))
          : ''}
      </span>
    </div>
  );
}

interface RunsProps {
  readonly runs: readonly TokenRun[];
  /** Tokens from here up to `to` are folded; -1 where none are. */
  readonly from: number;
  readonly to: number;
  onMore(): void;
}

/** Drawn again only for other tokens: pointing at one changes a class and nothing else. */
const Runs = memo(
  function Runs({ runs, from, to, onMore }: RunsProps) {
    return runs.map((run) => (
      <span key={run.start}>
        <span className="sr">{words.preview.run(words.preview.roles[run.role], count(run.tokens.length))}</span>
        {run.tokens.map((token, offset) => {
          const index = run.start + offset;
          if (index >= from && index < to) {
            return index === from ? (
              <button key="fold" type="button" className="fold" onClick={onMore}>
                <FoldVertical className="icon" aria-hidden />
                {words.preview.moreTokens(count(to - from))}
              </button>
            ) : null;
          }
          return (
            <span key={index} data-at={index} className={`tok ${classes[token.role]} ${isSpecial(token) ? 'sp' : ''}`}>
              {visible(token.text)}
            </span>
          );
        })}
      </span>
    ));
  },
  (old, now) => old.runs === now.runs && old.from === now.from && old.to === now.to,
);

/** Line ends are shown and kept. */
function visible(text: string): React.ReactNode {
  if (!text.includes('\n')) return text;
  return text.split('\n').flatMap((part, index) =>
    index === 0
      ? [part]
      : [
          <span key={index} className="nl" aria-hidden="true">
            ↵
          </span>,
          '\n' + part,
        ],
  );
}
