interface Props {
  readonly label: string;
  /** 0 to 100; null while nobody knows. */
  readonly value: number | null;
  readonly text?: string;
  readonly big?: boolean;
  readonly colour?: string;
  readonly kind?: 'progress' | 'picture';
}

export function Meter({ label, value, text, big, colour, kind = 'progress' }: Props) {
  const roles =
    kind === 'picture'
      ? { role: 'img', 'aria-label': text === undefined ? label : `${label}: ${text}` }
      : {
          role: 'progressbar',
          'aria-label': label,
          'aria-valuemin': 0,
          'aria-valuemax': 100,
          ...(value === null ? {} : { 'aria-valuenow': Math.round(value) }),
          ...(text === undefined ? {} : { 'aria-valuetext': text }),
        };
  const style = { '--v': value ?? 0, ...(colour === undefined ? {} : { '--c': colour }) } as React.CSSProperties;
  return (
    <div className={`meter${big === true ? ' big' : ''}${value === null ? ' waiting' : ''}`} style={style} {...roles}>
      <i />
    </div>
  );
}
