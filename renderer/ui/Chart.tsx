import { useEffect, useRef, useState } from 'react';
import { words } from '../copy/index.ts';

export interface Line {
  readonly label: string;
  readonly look: 'train' | 'held' | 'earlier';
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

interface Props {
  /** A sentence that says what the curves show. */
  readonly name: string;
  readonly lines: readonly Line[];
  readonly maxX: number;
  /** Where the work stands; what follows is shaded. */
  readonly now?: number;
  readonly height: number;
  readonly yMin?: number;
  readonly yMax?: number;
  readonly format: (value: number) => string;
  readonly mark?: { readonly x: number; readonly label: string };
  readonly xLabels?: boolean;
  /** What the shaded part is called. */
  readonly later?: string;
}

/** Pixels that “Held out 0.95” takes. */
const labelWidth = 96;

/** A chart drawn in the size it is shown in, so that text keeps its size. New points are drawn, not animated. */
export function Chart({ name, lines, maxX, now, height, yMin, yMax, format, mark, xLabels = true, later }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(
      ([entry]) => entry !== undefined && setWidth(Math.max(200, entry.contentRect.width)),
    );
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const all = lines.flatMap(({ points }) => points.map(({ y }) => y).filter(Number.isFinite));
  const bottom = yMin ?? Math.min(...all, 0.5);
  const top = Math.max(yMax ?? 0, ...all, bottom + (all.length === 0 ? 3 : 0.001));
  const ticks = niceTicks(bottom, top, height < 140 ? 3 : 5);
  const [low, high] = [Math.min(bottom, ticks[0] ?? bottom), Math.max(top, ticks.at(-1) ?? top)];
  // Labels stand behind the last points: there is room for them as long as much is still to come.
  const furthest = Math.max(0, ...lines.map(({ points }) => points.at(-1)?.x ?? 0)) / Math.max(1, maxX);
  const left = 38;
  const right = furthest === 0 ? 12 : Math.max(12, width - left - (width - left - labelWidth - 10) / furthest);
  const [up, down] = [14, height - (xLabels ? 28 : 8)];
  const x = (value: number): number => left + (value / Math.max(1, maxX)) * (width - left - right);
  const y = (value: number): number => down - ((value - low) / (high - low || 1)) * (down - up);
  const labels = spread(
    lines.flatMap((line) => {
      const last = line.points.at(-1);
      return last === undefined ? [] : [{ line, last, at: y(last.y) }];
    }),
  );
  return (
    <div ref={box} className="chart-box">
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={name}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <path className="grid" d={`M${left} ${y(tick)}H${width - right}`} />
            <text x={left - 8} y={y(tick) + 4} textAnchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {xLabels &&
          niceTicks(0, maxX, 5)
            .filter((tick) => tick <= maxX && Number.isInteger(tick))
            .map((tick) => (
              <text key={tick} x={x(tick)} y={height - 6} textAnchor={tick === 0 ? 'start' : 'middle'}>
                {tick === 0 ? words.train.start : tick}
              </text>
            ))}
        {now !== undefined && now < maxX && (
          <>
            <rect className="later" x={x(now)} y={up} width={Math.max(0, x(maxX) - x(now))} height={down - up} />
            <path className="now-line" d={`M${x(now)} ${up}V${down}`} />
            {later !== undefined && x(maxX) - x(now) > 220 && (
              <text className="lab later-lab" x={x(maxX) - 8} y={up + (down - up) / 2 + 4} textAnchor="end">
                {later}
              </text>
            )}
          </>
        )}
        {mark !== undefined && (
          <>
            <path className="mark-line" d={`M${x(mark.x)} ${up}V${down}`} />
            <text
              className="lab mark-lab"
              x={x(mark.x) + (mark.x > maxX * 0.7 ? -6 : 6)}
              y={down - 6}
              textAnchor={mark.x > maxX * 0.7 ? 'end' : 'start'}
            >
              {mark.label}
            </text>
          </>
        )}
        {lines.map((line) => (
          <g key={line.label}>
            <path
              className={line.look}
              d={line.points
                .map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`)
                .join('')}
            />
            {line.look === 'held' &&
              line.points.map((point) => (
                <circle key={point.x} className="pt" cx={x(point.x)} cy={y(point.y)} r={3.5} />
              ))}
            {line.look === 'earlier' &&
              line.points.map((point) => (
                <rect key={point.x} className="sq" x={x(point.x) - 3} y={y(point.y) - 3} width={6} height={6} />
              ))}
          </g>
        ))}
        {labels.map(({ line, last, at }) => (
          <text key={line.label} className={`lab lab-${line.look}`} x={x(last.x) + 10} y={at + 4}>
            {line.label} {format(last.y)}
          </text>
        ))}
      </svg>
    </div>
  );
}

/** Two labels never lie on each other. */
function spread<T extends { readonly at: number }>(labels: readonly T[]): readonly T[] {
  const sorted = [...labels].sort((a, b) => a.at - b.at);
  let last = -Infinity;
  return sorted.map((label) => {
    const at = Math.max(label.at, last + 16);
    last = at;
    return { ...label, at };
  });
}

/** Round values that cover the range: steps of 1, 2 or 5. */
export function niceTicks(from: number, to: number, about: number): number[] {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span)) return [from];
  const rough = span / Math.max(1, about - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to + step * 1e-6; index += 1)
    ticks.push(Number((index * step).toPrecision(10)));
  return ticks;
}

/** The mark of a curve beside its name. */
export function Key({ look, label }: { readonly look: Line['look']; readonly label: string }) {
  return (
    <span className="key">
      <svg viewBox="0 0 26 10" className="chart key-mark" aria-hidden="true">
        <path className={look} d="M0 5H26" />
        {look === 'held' && <circle className="pt" cx="13" cy="5" r="3.5" />}
      </svg>
      {label}
    </span>
  );
}
