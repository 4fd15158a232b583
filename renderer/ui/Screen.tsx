import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import { words } from '../copy/index.ts';
import { go, hrefOf, type Route } from '../state/route.ts';
import { Button } from './Button.tsx';

/** A word above what the screen shows, whichever screen it is. */
export const ScreenNote = createContext<ReactNode>(null);

interface Props {
  readonly title: string;
  readonly lede?: ReactNode;
  readonly aside?: ReactNode;
  /** A screen whose parts scroll by themselves. */
  readonly fixed?: boolean;
  readonly className?: string;
  readonly bar?: ReactNode;
  readonly children: ReactNode;
}

/** One question a screen: its title, what is asked, and the bar with the way on. On a change the focus goes to the title. */
export function Screen({ title, lede, aside, fixed, className, bar, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const note = useContext(ScreenNote);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = `${title} – ${words.shell.name}`;
  }, [title]);
  return (
    <>
      <main className={`main ${fixed === true ? 'fixed' : ''} ${className ?? ''}`} id="main" tabIndex={-1}>
        <div className="head">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {lede !== undefined && <p>{lede}</p>}
          </div>
          {aside !== undefined && <div className="push">{aside}</div>}
        </div>
        {note}
        {children}
      </main>
      {bar !== undefined && (
        <footer className="bar" aria-label={words.shell.actions}>
          {bar}
        </footer>
      )}
    </>
  );
}

export function BackLink({ to, label }: { readonly to: Route; readonly label: string }) {
  return (
    <a className="btn quiet" href={hrefOf(to)} data-key="back" aria-keyshortcuts="Alt+ArrowLeft">
      <ArrowLeft className="icon" aria-hidden />
      {label}
    </a>
  );
}

/** The one primary button: Ctrl+Enter presses it from anywhere. */
export function NextButton({
  to,
  label,
  disabled,
  busy,
  onClick,
}: {
  readonly to?: Route;
  readonly label: string;
  readonly disabled?: boolean;
  readonly busy?: boolean;
  readonly onClick?: () => void;
}) {
  return (
    <Button
      look="primary"
      data-key="primary"
      aria-keyshortcuts="Control+Enter"
      disabled={disabled ?? false}
      busy={busy ?? false}
      onClick={() => {
        onClick?.();
        if (to !== undefined) go(to);
      }}
    >
      {label}
      {to !== undefined && <ArrowRight className="icon" aria-hidden />}
    </Button>
  );
}
