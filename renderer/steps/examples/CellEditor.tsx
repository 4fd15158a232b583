import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { toFailure } from '#common/domain/errors.ts';

/** Where to go on after a cell: the same row's other cell, back, or nowhere. */
export type Leaving = 'stay' | 'next' | 'previous';

interface Props {
  readonly label: string;
  readonly text: string;
  readonly isCode: boolean;
  /** Fails where the example would be none any more: then the text stays, with the reason. */
  onSave(text: string): Promise<void>;
  onLeave(to: Leaving): void;
}

/** The highest it grows before it scrolls. */
const mostPixels = 220;

/** One text of an example, edited where it stands. Enter and Tab save, Shift+Enter begins a line, Esc leaves it as it was. */
export function CellEditor({ label, text: given, isCode, onSave, onLeave }: Props) {
  const [text, setText] = useState(given);
  const [trouble, setTrouble] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const ended = useRef(false);
  const latest = useRef({ text, onSave });
  latest.current = { text, onSave };
  useLayoutEffect(() => {
    const area = box.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(mostPixels, area.scrollHeight + 2)}px`;
  }, [text]);
  useEffect(() => {
    const area = box.current;
    area?.focus({ preventScroll: true });
    area?.setSelectionRange(area.value.length, area.value.length);
    area?.scrollIntoView({ block: 'nearest' });
    // Scrolled out of sight or left for another screen: what was typed counts.
    return () => {
      const { text: last, onSave: save } = latest.current;
      if (!ended.current && last !== given) void save(last).catch(() => undefined);
    };
  }, []);
  const leave = (to: Leaving): void => {
    ended.current = true;
    onLeave(to);
  };
  const save = async (to: Leaving): Promise<void> => {
    if (ended.current) return;
    if (text === given) return leave(to);
    ended.current = true;
    try {
      await onSave(text);
      onLeave(to);
    } catch (thrown) {
      ended.current = false;
      setTrouble(toFailure(thrown).message);
      box.current?.focus();
    }
  };
  return (
    <div className="cell-editor">
      <textarea
        ref={box}
        className={`input ${isCode ? 'mono' : ''}`}
        aria-label={label}
        aria-invalid={trouble !== null}
        aria-describedby={trouble === null ? undefined : id}
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onClick={(event) => event.stopPropagation()}
        onDoubleClick={(event) => event.stopPropagation()}
        onBlur={() => void save('stay')}
        onKeyDown={(event) => {
          // The table's keys and the window's are not meant while something is typed.
          event.stopPropagation();
          if (event.nativeEvent.isComposing) return;
          const key = event.key;
          if (key === 'Escape') leave('stay');
          else if (key === 'Enter' && !event.shiftKey && !event.altKey) void save('stay');
          else if (key === 'Tab') void save(event.shiftKey ? 'previous' : 'next');
          else return;
          event.preventDefault();
        }}
      />
      {trouble !== null && (
        <p className="tiny" role="alert" id={id}>
          {trouble}
        </p>
      )}
    </div>
  );
}
