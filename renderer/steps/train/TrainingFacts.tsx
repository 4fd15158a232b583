import { Activity, Save, TrendingDown, TriangleAlert } from 'lucide-react';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import type { Reading } from '../../state/reading.ts';
import type { TrainingView } from '../../state/training.ts';
import { bytes, count, duration, loss } from '../../ui/format.ts';

interface Props {
  readonly view: TrainingView;
  readonly reading: Reading;
  readonly now: number;
  readonly running: boolean;
}

export function TrainingFacts({ view, reading, now, running }: Props) {
  const [title, why] = words.train.health[reading.health];
  const Icon = reading.health === 'worse' ? TriangleAlert : reading.health === 'improving' ? TrendingDown : Activity;
  const { best } = reading;
  const trained = view.state.progress?.trained ?? null;
  const memory = useApp((state) => state.about?.memoryBytes ?? 0);
  return (
    <section className="card side" aria-label={words.ui.details}>
      <div className="pad health">
        <Icon className="icon" aria-hidden />
        <div>
          <b className="strong">{trained === null ? title : words.train.kept(trained.keptUpdate)}</b>
          <p className="dim">
            {trained !== null
              ? outcomeOf(view, trained.keptUpdate)
              : [why, best === null ? '' : words.train.bestSoFar(best.update, best.passed, best.of)]
                  .filter(Boolean)
                  .join(' ')}
          </p>
        </div>
      </div>
      <div className="pad">
        <dl className="facts">
          {view.start !== null && (
            <>
              <dt>{words.train.device}</dt>
              <dd>{view.start.device}</dd>
            </>
          )}
          {reading.residentBytes !== null && reading.residentBytes > 0 && (
            <>
              <dt>{words.train.memory}</dt>
              <dd>{words.train.memoryOf(bytes(reading.residentBytes), bytes(memory))}</dd>
            </>
          )}
          {reading.tokensPerSecond !== null && reading.tokensPerSecond > 0 && (
            <>
              <dt>{words.train.speedNow}</dt>
              <dd>{words.train.perSecond(count(reading.tokensPerSecond))}</dd>
            </>
          )}
          <dt>{running ? words.train.runningFor : words.train.took}</dt>
          <dd>{duration(reading.elapsedMs / 1000)}</dd>
        </dl>
      </div>
      {running && (
        <div className="pad small dim row start">
          <Save className="icon" aria-hidden />
          <span>
            {view.lastSavedAt === null
              ? words.train.notSaved
              : words.train.saved(duration((now - view.lastSavedAt) / 1000), view.recipe.checkpointEvery)}
          </span>
        </div>
      )}
    </section>
  );
}

/** What the kept version can do, beside what it began with. */
function outcomeOf({ answers, evaluations }: TrainingView, kept: number): string {
  const right = answers.find(({ update, of }) => update === kept && of > 0);
  const [before, after] = [evaluations[0], evaluations.find(({ update }) => update === kept)];
  return [
    right === undefined ? '' : `${words.runs.rightOf(right.passed, right.of)}.`,
    before === undefined || after === undefined || before === after
      ? ''
      : words.train.lossFell(loss(before.heldOutLoss), loss(after.heldOutLoss)),
  ]
    .filter(Boolean)
    .join(' ');
}
