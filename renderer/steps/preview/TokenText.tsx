import { FoldVertical } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { words } from '../../copy/index.ts';
import { count } from '../../ui/format.ts';
import { Meter } from '../../ui/Meter.tsx';
import { explainToken, isSpecial, tokenRuns, type Token } from './token-runs.ts';

const classes = { learned: 'l', read: '', cut: 'c' } as const;
/** Longer texts are folded in their middle: thousands of marks are slow and nobody reads them. */
const shownAtEachEnd = 400;

interface Tip {
  readonly index: number;
  readonly left: number;
  readonly top: number;
}

/** The exact text, token by token. One tab stop; arrows move inside and explain. */
export function TokenText({
  tokens,
  edges,
  loading,
}: {
  readonly tokens: readonly Token[];
  readonly edges: boolean;
  readonly loading: boolean;
}) {
  const [tip, setTip] = useState<Tip | null>(null);
  const [unfolded, setUnfolded] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const runs = useMemo(() => tokenRuns(tokens), [tokens]);
  const folded = !unfolded && tokens.length > 2 * shownAtEachEnd + 100;
  const hidden = (index: number): boolean =>
    folded && index >= shownAtEachEnd && index < tokens.length - shownAtEachEnd;
  const show = (index: number): void => {
    const element = box.current?.querySelector<HTMLElement>(`[data-at="${index}"]`);
    if (element === null || element === undefined || box.current === null) return;
    const place = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const frame = box.current.getBoundingClientRect();
    setTip({
      index,
      left: Math.max(0, Math.min(place.left - frame.left, frame.width - 268)),
      top: place.bottom - frame.top + 6,
    });
    element.scrollIntoView({ block: 'nearest' });
  };
  const move = (step: number): void => {
    let next = (tip?.index ?? -1) + step;
    while (hidden(next)) next += step;
    if (next >= 0 && next < tokens.length) show(next);
  };
  if (loading) {
    return (
      <div className="pad">
        <Meter label={words.ui.loading} value={null} />
      </div>
    );
  }
  return (
    <div
      ref={box}
      className={`tokens ${edges ? 'edges' : ''}`}
      tabIndex={0}
      role="group"
      aria-label={words.preview.tokens}
      aria-describedby={tip === null ? undefined : 'token-tip'}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight' || event.key === 'ArrowDown') move(1);
        else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') move(-1);
        else if (event.key === 'Escape') setTip(null);
        else return;
        event.preventDefault();
      }}
      onPointerOver={(event) => {
        const at = (event.target as HTMLElement).closest<HTMLElement>('[data-at]')?.dataset['at'];
        if (at !== undefined) show(Number(at));
      }}
      onPointerLeave={() => setTip(null)}
      onBlur={() => setTip(null)}
    >
      {runs.map((run) => (
        <span key={run.start}>
          <span className="sr">{words.preview.run(words.preview.roles[run.role], count(run.tokens.length), '')}</span>
          {run.tokens.map((token, offset) => {
            const index = run.start + offset;
            if (hidden(index)) {
              return index === shownAtEachEnd ? (
                <button key="fold" type="button" className="fold" onClick={() => setUnfolded(true)}>
                  <FoldVertical className="icon" aria-hidden />
                  {words.examples.showMore(tokens.length - 2 * shownAtEachEnd)}
                </button>
              ) : null;
            }
            return (
              <span
                key={index}
                data-at={index}
                className={`tok ${classes[token.role]} ${isSpecial(token) ? 'sp' : ''} ${tip?.index === index ? 'hov' : ''}`}
              >
                {visible(token.text)}
              </span>
            );
          })}
        </span>
      ))}
      {tip !== null && tokens[tip.index] !== undefined && (
        <div className="tip" id="token-tip" role="tooltip" style={{ left: tip.left, top: tip.top }}>
          <span className="row">
            <span className={`badge tok-${tokens[tip.index]!.role}`}>
              {words.preview.badges[tokens[tip.index]!.role]}
            </span>
            <span className="faint tiny push">{words.preview.place(tip.index + 1, tokens.length)}</span>
          </span>
          <span className="dim block">{explainToken(tokens, tip.index)}</span>
        </div>
      )}
    </div>
  );
}

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
