import { Check, RotateCw, TriangleAlert } from 'lucide-react';
import type { Plan } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';
import type { Failure } from '#common/domain/errors.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { bytes, count, duration } from '../../ui/format.ts';
import { Meter } from '../../ui/Meter.tsx';

interface Props {
  readonly plan: Plan | null;
  readonly rehearsal: Rehearsal | null;
  readonly loading: boolean;
  readonly failure: Failure | null;
  again(): void;
}

/** Will it fit, and how long does it take: measured. */
export function RehearsalCard({ plan, rehearsal, loading, failure, again }: Props) {
  const memory = useApp((state) => state.about?.memoryBytes ?? 0);
  const done = loading ? null : rehearsal;
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
          <p className="small dim gap">{words.train.rehearsingWhy}</p>
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
            {done.fits ? words.train.fits(duration(done.estimateSeconds)) : words.train.doesNotFit}
          </h2>
          {memory > 0 && (
            <div className="fitbar" role="img" aria-label={words.train.memoryBar(bytes(done.peakBytes), bytes(memory))}>
              <i className="u1" style={{ flex: done.peakBytes }}>
                {words.train.teaching(bytes(done.peakBytes))}
              </i>
              {memory > done.peakBytes && (
                <i className="u3" style={{ flex: memory - done.peakBytes }}>
                  {words.train.spare(bytes(memory - done.peakBytes))}
                </i>
              )}
            </div>
          )}
          <p className="small dim row">
            <span>{words.train.memoryPeak}</span>
            <span className="push">{words.train.memoryBar(bytes(done.peakBytes), bytes(memory))}</span>
          </p>
          {done.advice !== '' && <p className="small gap">{done.advice}</p>}
        </>
      )}
      {plan !== null && (
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
    </section>
  );
}
