import type { Measurement } from '#common/contract/engine.ts';
import { words } from '../../copy/index.ts';
import { count } from '../../ui/format.ts';

const height = 22;
const barWidth = 5;

/** How long the examples are: small bars, and the same in words. */
export function LengthBars({ lengths, limit }: { readonly lengths: Measurement; readonly limit: number }) {
  const { counts, width } = lengths.histogram;
  const most = Math.max(1, ...counts);
  const limitAt = (limit / width) * barWidth;
  const label = words.preview.lengths(count(lengths.median), count(lengths.p99), count(lengths.longest));
  return (
    <span className="length-bars" title={label}>
      <svg
        width={counts.length * barWidth}
        height={height}
        viewBox={`0 0 ${counts.length * barWidth} ${height}`}
        role="img"
        aria-label={label}
      >
        {counts.map((examples, index) => {
          const tall = examples === 0 ? 0 : Math.max(2, (examples / most) * height);
          const isCut = index * width >= limit;
          return (
            <rect
              key={index}
              className={isCut ? 'cut' : ''}
              x={index * barWidth}
              y={height - tall}
              width={barWidth - 1}
              height={tall}
            />
          );
        })}
        {limitAt < counts.length * barWidth && <line x1={limitAt} x2={limitAt} y1={0} y2={height} />}
      </svg>
      <span className="hide-narrow" aria-hidden="true">
        {words.preview.lengthsShort(count(lengths.median), count(lengths.longest))}
      </span>
    </span>
  );
}
