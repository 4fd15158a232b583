import { useVirtualizer } from '@tanstack/react-virtual';
import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ExampleRow, ExamplesSummary, Finding, ImportedFile } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { count } from '../../ui/format.ts';
import { useAction } from '../../ui/hooks.ts';
import { isTyping } from '../../ui/shortcuts.ts';
import { ExampleDialog } from './ExampleDialog.tsx';
import { usePages } from './pages.ts';
import { answerOf, placeOf, questionOf } from './texts.ts';

interface Props {
  readonly draft: string;
  readonly revision: number;
  readonly files: readonly ImportedFile[];
  /** Show the rows of this finding alone. */
  readonly only: Finding | null;
  onShowAll(): void;
  onChange(ask: () => Promise<ExamplesSummary>, done?: string): void;
}

/** As in the styles, `.vhead` and `.vrow`. */
const headHeight = 34;
const rowHeight = 40;

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  j: 1,
  k: -1,
  PageDown: 8,
  PageUp: -8,
  Home: -Infinity,
  End: Infinity,
};

/** All examples; only the rows in sight exist. J, K and the arrows move, Enter edits, Delete removes, / searches. */
export function ExampleTable({ draft, revision, files, only, onShowAll, onChange }: Props) {
  const [text, setText] = useState('');
  const [search, setSearch] = useState('');
  const [file, setFile] = useState('');
  const [editing, setEditing] = useState<ExampleRow | null>(null);
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const work = useAction();
  useEffect(() => {
    const timer = setTimeout(() => setSearch(text.trim()), 200);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (only === null) return;
    heading.current?.scrollIntoView({ block: 'start' });
    box.current?.focus({ preventScroll: true });
    setActive(0);
  }, [only]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  const shownFile = files.some((each) => each.file === file) ? file : '';
  const pages = usePages({ draft, revision, search, file: shownFile, rows: only?.rows ?? null });
  const virtual = useVirtualizer({
    count: pages.total,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    // The head stays in sight, above the rows.
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => pages.need(first, last), [first, last, pages.need]);
  const at = Math.max(0, Math.min(active, pages.total - 1));
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(pages.total - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const edit = (row: ExampleRow | undefined): void => {
    if (row === undefined) return;
    if (row.isCut !== true) return setEditing(row);
    void work.run(async () => {
      const whole = await api.examples.rows({ draft, offset: row.row - 1, limit: 1 });
      setEditing(whole.rows[0] ?? null);
    });
  };
  const remove = (row: ExampleRow | undefined): void => {
    if (row !== undefined)
      onChange(() => api.examples.remove({ draft, rows: [row.row] }), words.examples.removedOne(row.row));
  };
  return (
    <section className="card all-examples" aria-labelledby="all">
      <div className="card-head">
        <h2 id="all" ref={heading}>
          {words.examples.all}
        </h2>
        <span className="badge" role="status">
          {count(pages.total)}
          <span className="sr"> {words.examples.rowsShown}</span>
        </span>
        {only !== null && (
          <Button small onClick={onShowAll}>
            {words.examples.showing(words.examples.kinds[only.kind])}
            <X className="icon" aria-hidden />
            <span className="sr">{words.examples.showAll}</span>
          </Button>
        )}
        <span className="push row">
          {files.length > 1 && (
            <select
              className="input select-small"
              aria-label={words.examples.filter}
              value={shownFile}
              onChange={(event) => setFile(event.target.value)}
            >
              <option value="">{words.examples.filterAll}</option>
              {files.map((each) => (
                <option key={each.file} value={each.file}>
                  {each.name}
                </option>
              ))}
            </select>
          )}
          <label className="search">
            <span className="sr">{words.examples.search}</span>
            <Search className="icon" aria-hidden />
            <input
              ref={field}
              className="input"
              type="search"
              placeholder={words.examples.search}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
                event.preventDefault();
                box.current?.focus();
              }}
            />
          </label>
        </span>
      </div>
      <FailureCallout failure={work.failure ?? pages.failure} />
      <div
        ref={box}
        className="vbox"
        style={{ height: Math.min(378, headHeight + Math.max(1, pages.total) * rowHeight) }}
        role="grid"
        tabIndex={0}
        aria-labelledby="all"
        aria-description={words.examples.keys}
        aria-rowcount={pages.total + 1}
        aria-activedescendant={pages.total > 0 ? `example-${at}` : undefined}
        onKeyDown={(event) => {
          // Those are shortcuts of the whole window.
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const step = steps[event.key];
          if (step !== undefined) move(at + step);
          else if (event.key === 'Enter') edit(pages.rowAt(at));
          else if (event.key === 'Delete' || event.key === 'Backspace') remove(pages.rowAt(at));
          else return;
          event.preventDefault();
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
                aria-selected={index === at}
                className={`vrow ${index === at ? 'at' : ''}`}
                style={{
                  position: 'absolute',
                  top: 0,
                  left: 0,
                  right: 0,
                  transform: `translateY(${start - headHeight}px)`,
                }}
                onClick={() => {
                  setActive(index);
                  edit(row);
                }}
              >
                <span role="gridcell" className="faint num">
                  {count(row === undefined ? index + 1 : row.row)}
                </span>
                <span role="gridcell" className="ellipsis">
                  {row === undefined ? '…' : questionOf(row)}
                </span>
                <span role="gridcell" className="ellipsis mono">
                  {answerOf(row)}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {pages.total === 0 && pages.loaded && <p className="small dim pad">{words.examples.nothingMatches}</p>}
      <p className="tiny faint key-line">{words.examples.keys}</p>
      {editing !== null && (
        <ExampleDialog
          key={editing.row}
          title={words.examples.editTitle(editing.row)}
          {...(editing.source === undefined ? {} : { from: placeOf(editing) })}
          messages={editing.messages}
          saveLabel={words.examples.save}
          onSave={async (messages) => {
            const summary = await api.examples.edit({ draft, row: editing.row, messages });
            onChange(async () => summary);
          }}
          onRemove={async () => {
            const summary = await api.examples.remove({ draft, rows: [editing.row] });
            onChange(async () => summary, words.examples.removedOne(editing.row));
          }}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}
