import { useVirtualizer } from '@tanstack/react-virtual';
import { Scissors } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { words } from '../../copy/index.ts';
import { count } from '../../ui/format.ts';
import { usePages } from '../examples/pages.ts';
import { questionOf } from '../examples/texts.ts';

interface Props {
  readonly draft: string;
  readonly revision: number;
  /** These rows alone; all where null. */
  readonly rows: readonly number[] | null;
  readonly cut: ReadonlySet<number>;
  readonly chosen: number;
  onChoose(row: number): void;
}

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};

/** All examples, or those that a filter leaves; only the ones in sight exist. */
export function ExampleList({ draft, revision, rows, cut, chosen, onChoose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const pages = usePages({ draft, revision, search: '', rows });
  const virtual = useVirtualizer({
    count: pages.total,
    getScrollElement: () => box.current,
    estimateSize: () => 36,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const at = rows === null ? chosen - 1 : rows.indexOf(chosen);
  useEffect(() => pages.need(first, last), [first, last, pages.need]);
  useEffect(() => {
    if (at >= 0 && at < pages.total) virtual.scrollToIndex(at);
  }, [at, pages.total]);
  const move = (step: number): void => {
    const next = Math.max(0, Math.min(pages.total - 1, at + step));
    onChoose(rows === null ? next + 1 : (rows[next] ?? chosen));
  };
  return (
    <div
      ref={box}
      className="plist-box"
      role="listbox"
      tabIndex={0}
      aria-label={words.examples.all}
      aria-activedescendant={pages.total > 0 && at >= 0 ? `row-${chosen}` : undefined}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        move(step);
      }}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start }) => {
          const row = rows === null ? index + 1 : (rows[index] ?? 0);
          const isCut = cut.has(row);
          return (
            <div
              key={index}
              id={`row-${row}`}
              role="option"
              aria-selected={row === chosen}
              aria-setsize={pages.total}
              aria-posinset={index + 1}
              className={`exi ${row === chosen ? 'sel' : ''}`}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => onChoose(row)}
            >
              <span className="faint num">{count(row)}</span>
              <span className="q">{pages.rowAt(index) === undefined ? '…' : questionOf(pages.rowAt(index))}</span>
              {isCut && (
                <span className="cut-mark" title={words.preview.roles.cut}>
                  <Scissors className="icon" aria-hidden />
                  <span className="sr">{words.preview.roles.cut}</span>
                </span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
