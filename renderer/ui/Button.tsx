import type { ButtonHTMLAttributes, ReactNode } from 'react';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'default' | 'primary' | 'quiet' | 'danger' | 'danger-fill';
  readonly small?: boolean;
  readonly iconOnly?: boolean;
  /** Works on it: cannot be pressed, keeps its width. */
  readonly busy?: boolean;
  readonly children?: ReactNode;
}

export function Button({ look = 'default', small, iconOnly, busy, className, disabled, children, ...rest }: Props) {
  const classes = ['btn', look === 'default' ? '' : look, small ? 'small' : '', iconOnly ? 'icon-only' : '', className];
  return (
    <button
      type="button"
      {...rest}
      className={classes.filter(Boolean).join(' ')}
      disabled={disabled === true || busy === true}
      aria-busy={busy}
    >
      {children}
    </button>
  );
}
