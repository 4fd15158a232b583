import type { ReactNode } from 'react';

/** A label, its control and one line of help. */
export function Field({
  label,
  hint,
  changed,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly changed?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      {children}
      {hint !== undefined && <small className={changed === true ? 'chg' : undefined}>{hint}</small>}
    </label>
  );
}
