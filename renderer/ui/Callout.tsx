import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Failure } from '#common/domain/errors.ts';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { Button } from './Button.tsx';

const icons = { info: Info, good: CircleCheck, warn: TriangleAlert, bad: CircleAlert } satisfies Record<
  string,
  LucideIcon
>;

interface Props {
  readonly kind?: keyof typeof icons;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly icon?: LucideIcon;
}

export function Callout({ kind = 'info', title, children, actions, icon }: Props) {
  const Icon = icon ?? icons[kind];
  return (
    <div className={`callout ${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
      <Icon className="icon" aria-hidden />
      <p>
        {title !== undefined && <strong>{title} </strong>}
        {children}
      </p>
      {actions !== undefined && actions !== false && <span className="row">{actions}</span>}
    </div>
  );
}

/** What happened, why, and what to do next. */
export function FailureCallout({ failure, again }: { readonly failure: Failure | null; readonly again?: () => void }) {
  const isLost = useApp((state) => state.connection === 'lost');
  // Without a connection everything fails, and the window says so once.
  if (failure === null || isLost) return null;
  const copy = words.errors[failure.code];
  return (
    <Callout
      kind="bad"
      title={`${copy.title}.`}
      actions={
        again !== undefined && (
          <Button small onClick={again}>
            {words.ui.again}
          </Button>
        )
      }
    >
      {failure.message} {failure.advice ?? copy.next}
    </Callout>
  );
}
