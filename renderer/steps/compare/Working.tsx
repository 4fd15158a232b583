import type { ComparingState } from '#common/contract/app/comparing.ts';
import { words } from '../../copy/index.ts';
import { Meter } from '../../ui/Meter.tsx';

/** Both models at work in the background. */
export function Working({ work }: { readonly work: NonNullable<ComparingState['work']> }) {
  const said = work.stage === 'blind' ? words.compare.preparing : words.compare.forgettingDoing;
  return (
    <section className="card pad stack">
      <p className="strong" role="status">
        {said}
      </p>
      <Meter
        big
        label={said}
        value={work.total === 0 ? null : (work.completed / work.total) * 100}
        text={words.runs.passedOf(work.completed, work.total)}
      />
      <div className="row between">
        <p className="small dim">{words.compare.preparingWhy}</p>
        <p className="small dim">{words.runs.passedOf(work.completed, work.total)}</p>
      </div>
    </section>
  );
}
