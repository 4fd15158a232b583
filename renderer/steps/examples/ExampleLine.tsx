import { PanelRightOpen } from 'lucide-react';
import type { ExampleRow } from '#common/contract/app/examples.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { CellEditor, type Leaving } from './CellEditor.tsx';
import { answerOf, questionOf, type Cell, cells } from './texts.ts';

interface Props {
  readonly index: number;
  readonly row: ExampleRow | undefined;
  readonly top: number;
  readonly isAt: boolean;
  /** The cell that the arrows stand on, in the row that they stand on. */
  readonly cell: Cell;
  /** The whole text of the cell that is edited in this row. */
  readonly editing: { readonly cell: Cell; readonly text: string } | null;
  onPick(cell: Cell): void;
  onEdit(cell: Cell): void;
  onOpen(): void;
  onSave(cell: Cell, text: string): Promise<void>;
  onLeave(cell: Cell, to: Leaving): void;
}

export const cellId = (index: number, cell: Cell): string => `example-${index}-${cell}`;

/** A row of the table of examples. */
export function ExampleLine(props: Props) {
  const { index, row, top, isAt, cell, editing, onPick, onEdit, onOpen, onSave, onLeave } = props;
  const texts: Readonly<Record<Cell, string>> = {
    question: row === undefined ? '…' : questionOf(row),
    answer: answerOf(row),
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isAt}
      className={`vrow ${isAt ? 'at' : ''} ${editing === null ? '' : 'editing'}`}
      style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${top}px)` }}
    >
      <span role="gridcell" className="faint num">
        {count(row === undefined ? index + 1 : row.row)}
      </span>
      {cells.map((each) => (
        <span
          key={each}
          id={cellId(index, each)}
          role="gridcell"
          className={`cell ${each === 'answer' ? 'mono' : ''} ${isAt && each === cell ? 'here' : ''}`}
          onClick={() => onPick(each)}
          onDoubleClick={() => onEdit(each)}
        >
          {editing?.cell === each ? (
            <CellEditor
              label={words.examples.cellOf(words.examples[each], row?.row ?? index + 1)}
              text={editing.text}
              isCode={each === 'answer'}
              onSave={(text) => onSave(each, text)}
              onLeave={(to) => onLeave(each, to)}
            />
          ) : (
            <span className="ellipsis">{texts[each]}</span>
          )}
        </span>
      ))}
      <span role="gridcell" className="open">
        <Button
          look="quiet"
          small
          iconOnly
          tabIndex={-1}
          aria-label={words.examples.edit(row?.row ?? index + 1)}
          title={words.examples.edit(row?.row ?? index + 1)}
          onClick={onOpen}
        >
          <PanelRightOpen className="icon" aria-hidden />
        </Button>
      </span>
    </div>
  );
}
