import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Ellipsis } from 'lucide-react';
import { Button } from './Button.tsx';

export interface MenuItem {
  readonly label: string;
  readonly danger?: boolean;
  run(): void;
}

/** A button that opens a short list of commands: arrows move, Escape closes. */
export function Menu({
  label,
  items,
  children,
  isText = false,
}: {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly children?: ReactNode;
  /** A button with text rather than three dots. */
  readonly isText?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const id = useId();
  const entries = (): HTMLElement[] => [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  useEffect(() => {
    if (!open) return;
    entries()[0]?.focus();
    const outside = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  return (
    <span className="menu-box" ref={box}>
      <Button
        look={isText ? 'default' : 'quiet'}
        small
        iconOnly={!isText}
        aria-label={isText ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {isText ? label : (children ?? <Ellipsis className="icon" aria-hidden />)}
      </Button>
      {open && (
        <div
          id={id}
          className="menu"
          role="menu"
          aria-label={label}
          onKeyDown={(event) => {
            if (event.key === 'Escape' || event.key === 'Tab') close();
            const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            const list = entries();
            const at = list.indexOf(document.activeElement as HTMLElement);
            list[(at + step + list.length) % list.length]?.focus();
          }}
        >
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={item.danger === true ? 'danger' : undefined}
              onClick={() => {
                close();
                item.run();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
