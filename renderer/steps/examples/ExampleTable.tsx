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
import type { Leaving } from './CellEditor.tsx';
import { ExampleDialog } from './ExampleDialog.tsx';
import { cellId, ExampleLine } from './ExampleLine.tsx';
import { usePages } from './pages.ts';
import { answerOf, placeOf, questionOf, withCell, type Cell } from './texts.ts';

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

/** A cell that is being edited: its row as a whole, however long its texts are. */
interface Typing {
  readonly index: number;
  readonly cell: Cell;
  readonly row: ExampleRow;
}

/**
 * All examples; only the rows in sight exist. J, K and the arrows move, Enter, F2 or a double click edits a cell where it stands,
 * E opens the whole example, Delete removes it, / searches.
 */
export function ExampleTable({ draft, revision, files, only, onShowAll, onChange }: Props) {
  const [text, setText] = useState('');
  const [search, setSearch] = useState('');
  const [file, setFile] = useState('');
  const [editing, setEditing] = useState<ExampleRow | null>(null);
  const [typing, setTyping] = useState<Typing | null>(null);
  const [active, setActive] = useState(0);
  const [cell, setCell] = useState<Cell>('question');
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
  const withWhole = (row: ExampleRow | undefined, use: (row: ExampleRow) => void): void => {
    if (row === undefined) return;
    if (row.isCut !== true) return use(row);
    void work.run(async () => {
      const [whole] = (await api.examples.rows({ draft, offset: row.row - 1, limit: 1 })).rows;
      if (whole !== undefined) use(whole);
    });
  };
  const edit = (row: ExampleRow | undefined): void => withWhole(row, setEditing);
  const editCell = (index: number, at: Cell, row = pages.rowAt(index)): void => {
    setActive(index);
    setCell(at);
    withWhole(row, (whole) => setTyping({ index, cell: at, row: whole }));
  };
  const saveCell = async ({ row }: Typing, at: Cell, text: string): Promise<void> => {
    const messages = withCell(row.messages, at, text);
    const summary = await api.examples.edit({ draft, row: row.row, messages });
    setTyping((now) => (now?.row.row === row.row ? { ...now, row: { ...now.row, messages } } : now));
    onChange(async () => summary);
  };
  /** Tab goes from cell to cell, over the ends of the rows. */
  const leaveCell = (from: Cell, to: Leaving): void => {
    const other: Cell = from === 'question' ? 'answer' : 'question';
    setTyping((now) => {
      if (now === null || to === 'stay') return null;
      if ((from === 'question') === (to === 'next')) return { ...now, cell: other };
      const index = now.index + (to === 'next' ? 1 : -1);
      const row = pages.rowAt(index);
      if (row === undefined || row.isCut === true) return null;
      virtual.scrollToIndex(index);
      return { index, cell: other, row };
    });
    if (to === 'stay') box.current?.focus({ preventScroll: true });
    else {
      setCell(other);
      if ((from === 'question') !== (to === 'next')) move(at + (to === 'next' ? 1 : -1));
    }
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
        aria-activedescendant={pages.total > 0 ? cellId(at, cell) : undefined}
        onKeyDown={(event) => {
          // Those are shortcuts of the whole window.
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const step = steps[event.key];
          if (step !== undefined) move(at + step);
          else if (event.key === 'ArrowLeft') setCell('question');
          else if (event.key === 'ArrowRight') setCell('answer');
          else if (event.key === 'Enter' || event.key === 'F2') editCell(at, cell);
          else if (event.key === 'e') edit(pages.rowAt(at));
          else if (event.key === 'Delete' || event.key === 'Backspace') remove(pages.rowAt(at));
          else return;
          event.preventDefault();
        }}
      >
        <div role="row" className="vrow vhead" aria-rowindex={1}>
          <span role="columnheader">{words.examples.number}</span>
          <span role="columnheader">{words.examples.question}</span>
          <span role="columnheader">{words.examples.answer}</span>
          <span role="columnheader">
            <span className="sr">{words.examples.whole}</span>
          </span>
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => {
            const row = pages.rowAt(index);
            return (
              <ExampleLine
                key={index}
                index={index}
                row={row}
                top={start - headHeight}
                isAt={index === at}
                cell={cell}
                editing={
                  typing?.index === index
                    ? {
                        cell: typing.cell,
                        text: typing.cell === 'question' ? questionOf(typing.row) : answerOf(typing.row),
                      }
                    : null
                }
                onPick={(picked) => {
                  setActive(index);
                  setCell(picked);
                }}
                onEdit={(picked) => editCell(index, picked, row)}
                onOpen={() => {
                  setActive(index);
                  edit(row);
                }}
                onSave={async (picked, changed) => {
                  if (typing !== null) await saveCell(typing, picked, changed);
                }}
                onLeave={leaveCell}
              />
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
          keptAs={`edit.${draft}.${revision}.${editing.row}`}
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
