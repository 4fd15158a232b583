import { X } from 'lucide-react';
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { words } from '../copy/index.ts';
import { Button } from './Button.tsx';

interface Props {
  readonly title: string;
  readonly look?: 'dialog' | 'drawer' | 'wide';
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  onClose(): void;
}

/** A modal: the browser's own `dialog` keeps the focus in, gives it back, and closes at Escape. */
export function Dialog({ title, look = 'dialog', children, footer, onClose }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    setOpen(true);
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  useLayoutEffect(() => {
    const dialog = element.current;
    // Whatever asked for the focus has it by now; else the safe choice, else the first thing to fill in.
    if (!isOpen || dialog === null || document.activeElement !== dialog) return;
    const first = ['.df .primary:enabled', '.db :is(input, select, textarea, button):enabled', 'button']
      .map((place) => dialog.querySelector<HTMLElement>(place))
      .find((found) => found !== null);
    first?.focus();
  }, [isOpen]);
  return (
    <dialog
      ref={element}
      className={`modal ${look}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {/* Only once it is open: in a closed dialog nothing can take the focus. */}
      {isOpen && (
        <>
          <div className="dh">
            <h2 id={id}>{title}</h2>
            <Button look="quiet" small iconOnly className="push" aria-label={words.ui.close} onClick={onClose}>
              <X className="icon" aria-hidden />
            </Button>
          </div>
          <div className="db">{children}</div>
          {footer !== undefined && <div className="df">{footer}</div>}
        </>
      )}
    </dialog>
  );
}
