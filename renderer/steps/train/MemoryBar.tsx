import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { bytes } from '../../ui/format.ts';

interface Props {
  readonly needBytes: number;
  readonly memoryBytes: number;
  readonly fits: boolean;
}

/** What other programs hold now, what the training needs at its highest point, and what is left. */
export function MemoryBar({ needBytes, memoryBytes, fits }: Props) {
  const freeBytes = useApp((state) => state.machine?.freeBytes ?? null);
  const othersBytes = freeBytes === null ? 0 : Math.max(0, memoryBytes - freeBytes);
  const spareBytes = memoryBytes - othersBytes - needBytes;
  const label = words.train.memoryBar(bytes(needBytes), bytes(memoryBytes));
  return (
    <>
      <div className="fitbar" role="img" aria-label={label}>
        {othersBytes > 0 && (
          <i className="u0" style={{ flexGrow: othersBytes }}>
            {words.train.others(bytes(othersBytes))}
          </i>
        )}
        <i className="u1" style={{ flexGrow: needBytes }}>
          {words.train.teaching(bytes(needBytes))}
        </i>
        {fits && spareBytes > 0 ? (
          <i className="u3" style={{ flexGrow: spareBytes }}>
            {words.train.spare(bytes(spareBytes))}
          </i>
        ) : (
          !fits && spareBytes < 0 && <i className="u4">{words.train.over(bytes(-spareBytes))}</i>
        )}
      </div>
      <p className="small dim row">
        <span>{words.train.memoryPeak}</span>
        <span className="push">{label}</span>
      </p>
    </>
  );
}
