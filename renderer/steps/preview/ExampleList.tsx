import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { words } from '../../copy/index.ts';
import { usePages } from '../examples/pages.ts';

interface Props {
  readonly draft: string;
  readonly revision: number;
  readonly chosen: number;
  onChoose(row: number): void;
}

export function ExampleList({ draft, revision, chosen, onChoose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const pages = usePages({ draft, revision, search: '', rows: null });
  const virtual = useVirtualizer({
    count: pages.total,
    getScrollElement: () => box.current,
    estimateSize: () => 36,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => pages.need(first, last), [first, last, pages.need]);
  useEffect(() => void virtual.scrollToIndex(chosen - 1), [chosen, pages.total]);
  const steps: Record<string, number> = {
    ArrowDown: 1,
    j: 1,
    ArrowUp: -1,
    k: -1,
    PageDown: 10,
    PageUp: -10,
    Home: -Infinity,
    End: Infinity,
  };
  return (
    <div
      ref={box}
      className="plist-box"
      role="listbox"
      tabIndex={0}
      aria-label={words.examples.all}
      aria-activedescendant={pages.total > 0 ? `row-${chosen}` : undefined}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        onChoose(chosen + step);
      }}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start }) => {
          const question = pages.rowAt(index)?.messages.find(({ role }) => role === 'user')?.content ?? '…';
          return (
            <div
              key={index}
              id={`row-${index + 1}`}
              role="option"
              aria-selected={index + 1 === chosen}
              aria-setsize={pages.total}
              aria-posinset={index + 1}
              className={`exi ${index + 1 === chosen ? 'sel' : ''}`}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => onChoose(index + 1)}
            >
              <span className="faint num">{index + 1}</span>
              <span className="q">{question}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
