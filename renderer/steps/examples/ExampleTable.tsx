import { useVirtualizer } from '@tanstack/react-virtual';
import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ExampleRow, ExamplesSummary, Finding } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { count, fileName } from '../../ui/format.ts';
import { ExampleDialog } from './ExampleDialog.tsx';
import { usePages } from './pages.ts';

interface Props {
  readonly draft: string;
  readonly revision: number;
  /** Show the rows of this finding alone. */
  readonly only: Finding | null;
  onShowAll(): void;
  onChange(ask: () => Promise<ExamplesSummary>): void;
}

/** As in the styles, `.vhead`. */
const headHeight = 34;

/** All examples; only the rows in sight exist. Arrow keys move, Enter edits. */
export function ExampleTable({ draft, revision, only, onShowAll, onChange }: Props) {
  const [text, setText] = useState('');
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<ExampleRow | null>(null);
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSearch(text.trim()), 200);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (only !== null) heading.current?.scrollIntoView({ block: 'start' });
  }, [only]);
  const pages = usePages({ draft, revision, search, rows: only?.rows ?? null });
  const virtual = useVirtualizer({
    count: pages.total,
    getScrollElement: () => box.current,
    estimateSize: () => 40,
    // The head stays in sight, above the rows.
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => pages.need(first, last), [first, last, pages.need]);
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(pages.total - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  return (
    <section className="card all-examples" aria-labelledby="all">
      <div className="card-head">
        <h2 id="all" ref={heading}>
          {words.examples.all}
        </h2>
        <span className="badge">{count(pages.total)}</span>
        {only !== null && (
          <Button small onClick={onShowAll}>
            {words.examples.showing(words.examples.kinds[only.kind])}
            <X className="icon" aria-hidden />
            <span className="sr">{words.examples.showAll}</span>
          </Button>
        )}
        <label className="search push">
          <span className="sr">{words.examples.search}</span>
          <Search className="icon" aria-hidden />
          <input
            className="input"
            type="search"
            placeholder={words.examples.search}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
      </div>
      <div
        ref={box}
        className="vbox"
        role="grid"
        tabIndex={0}
        aria-labelledby="all"
        aria-rowcount={pages.total + 1}
        aria-activedescendant={pages.total > 0 ? `example-${active}` : undefined}
        onKeyDown={(event) => {
          // Those are shortcuts of the whole window.
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const steps: Record<string, number> = {
            ArrowDown: 1,
            ArrowUp: -1,
            j: 1,
            k: -1,
            PageDown: 8,
            PageUp: -8,
            Home: -Infinity,
            End: Infinity,
          };
          const step = steps[event.key];
          if (step !== undefined) {
            event.preventDefault();
            move(active + step);
          } else if (event.key === 'Enter') setEditing(pages.rowAt(active) ?? null);
        }}
      >
        <div role="row" className="vrow vhead" aria-rowindex={1}>
          <span role="columnheader">{words.examples.number}</span>
          <span role="columnheader">{words.examples.question}</span>
          <span role="columnheader">{words.examples.answer}</span>
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => {
            const row = pages.rowAt(index);
            return (
              <div
                key={index}
                id={`example-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === active}
                className={`vrow ${index === active ? 'at' : ''}`}
                style={{
                  position: 'absolute',
                  top: 0,
                  left: 0,
                  right: 0,
                  transform: `translateY(${start - headHeight}px)`,
                }}
                onClick={() => {
                  setActive(index);
                  setEditing(row ?? null);
                }}
              >
                <span role="gridcell" className="faint num">
                  {row?.row ?? index + 1}
                </span>
                <span role="gridcell" className="ellipsis">
                  {row === undefined ? '…' : textOf(row, 'user')}
                </span>
                <span role="gridcell" className="ellipsis mono">
                  {row === undefined ? '' : textOf(row, 'assistant')}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {pages.total === 0 && pages.loaded && <p className="small dim pad">{words.examples.nothingMatches}</p>}
      {editing !== null && (
        <ExampleDialog
          title={words.examples.editTitle(editing.row)}
          {...(editing.source === undefined
            ? {}
            : {
                from: words.examples.line(
                  fileName(editing.source.file),
                  editing.source.line ?? editing.source.row ?? null,
                ),
              })}
          messages={editing.messages}
          saveLabel={words.examples.save}
          onSave={async (messages) => {
            const summary = await api.examples.edit({ draft, row: editing.row, messages });
            onChange(async () => summary);
          }}
          onRemove={async () => {
            const summary = await api.examples.remove({ draft, rows: [editing.row] });
            onChange(async () => summary);
          }}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}

function textOf(row: ExampleRow, role: 'user' | 'assistant'): string {
  return row.messages.find((message) => message.role === role)?.content ?? '';
}
