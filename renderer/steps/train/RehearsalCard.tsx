import { Check, RotateCw, TriangleAlert } from 'lucide-react';
import type { Plan } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';
import type { Failure } from '#common/domain/errors.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { bytes, count } from '../../ui/format.ts';
import { Meter } from '../../ui/Meter.tsx';
import { timeRange } from './estimate.ts';
import { MemoryBar } from './MemoryBar.tsx';
import { Remedies } from './Remedies.tsx';

interface Props {
  readonly plan: Plan | null;
  readonly rehearsal: Rehearsal | null;
  readonly loading: boolean;
  readonly failure: Failure | null;
  again(): void;
}

/** Less than this share of the memory to spare is tight. */
const tightShare = 0.1;

/** Will it fit, and how long does it take: measured. */
export function RehearsalCard({ plan, rehearsal, loading, failure, again }: Props) {
  const memory = useApp((state) => state.about?.memoryBytes ?? 0);
  const done = loading ? null : rehearsal;
  const tight = done !== null && memory > 0 && memory - done.peakBytes < tightShare * memory;
  return (
    <section className="card pad" aria-labelledby="rehearsal" aria-busy={loading}>
      {failure !== null ? (
        <>
          <h2 id="rehearsal" className="sr">
            {words.train.rehearse}
          </h2>
          <FailureCallout failure={failure} again={again} />
        </>
      ) : done === null ? (
        <>
          <h2 className="big" id="rehearsal">
            {words.train.rehearsing}
          </h2>
          <p className="small dim gap rehearsing">{words.train.rehearsingWhy}</p>
          <Meter label={words.train.rehearsing} value={null} big />
        </>
      ) : (
        <>
          <div className="row">
            <span className={`badge ${done.fits ? 'good' : 'bad'}`}>
              {done.fits ? <Check className="icon" aria-hidden /> : <TriangleAlert className="icon" aria-hidden />}
              {words.train.rehearsed}
            </span>
            <Button look="quiet" small className="push" onClick={again}>
              <RotateCw className="icon" aria-hidden />
              {words.train.rehearse}
            </Button>
          </div>
          <h2 className="big gap" id="rehearsal">
            {!done.fits
              ? words.train.doesNotFit
              : (tight ? words.train.fitsTightly : words.train.fits)(timeRange(done.estimateSeconds))}
          </h2>
          {memory > 0 && <MemoryBar needBytes={done.peakBytes} memoryBytes={memory} fits={done.fits} />}
          {!done.fits && plan !== null && <Remedies plan={plan} rehearsal={done} />}
        </>
      )}
      {plan !== null && (done === null || done.fits) && (
        <dl className="facts ruled">
          {done !== null && (
            <>
              <dt>{words.train.speed}</dt>
              <dd>{words.train.perSecond(count(done.tokensPerSecond))}</dd>
              <dt>{words.train.device}</dt>
              <dd>{done.device}</dd>
            </>
          )}
          <dt>{words.train.updatesName}</dt>
          <dd>{words.train.savedEvery(count(plan.updates), plan.recipe.checkpointEvery)}</dd>
          <dt>{words.train.practise}</dt>
          <dd>{words.train.practiseAndTest(count(plan.trainExamples), count(plan.heldOutExamples))}</dd>
          <dt>{words.train.longest}</dt>
          <dd>{words.train.tokens(count(plan.recipe.maxTokens))}</dd>
        </dl>
      )}
      {done !== null && (
        <p className="sr" role="status">
          {done.fits ? words.train.fits(timeRange(done.estimateSeconds)) : words.train.doesNotFit}{' '}
          {words.train.memoryBar(bytes(done.peakBytes), bytes(memory))}
        </p>
      )}
    </section>
  );
}
