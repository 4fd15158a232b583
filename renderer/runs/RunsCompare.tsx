import type { RunDetail, RunDifference } from '#common/contract/app/runs.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { Chart } from '../ui/Chart.tsx';
import { loss } from '../ui/format.ts';
import { useAction, useAnswer } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';
import { Strip } from '../ui/Rail.tsx';
import { BackLink, NextButton, Screen } from '../ui/Screen.tsx';
import { Differences, DifferingAnswers } from './Differences.tsx';
import { repeatRun } from './run-actions.ts';

/** The earlier run beside the later one. */
export function RunsCompare({ a, b }: { readonly a: string; readonly b: string }) {
  const [first, second] = [a, b].sort() as [string, string];
  const { value, failure, again } = useAnswer(
    async (signal) => ({
      difference: await api.runs.compare({ a: first, b: second }, signal),
      earlier: await api.runs.detail({ run: first }, signal),
      later: await api.runs.detail({ run: second }, signal),
    }),
    `${first}.${second}`,
  );
  const work = useAction();
  const better = value === null ? null : betterOf(value.difference);
  const { title, lede } = verdictOf(value === null ? null : value.difference, better);
  return (
    <>
      <Strip trail={[{ label: words.shell.runs, href: '#/' }, { label: words.runs.compareTitle }]} />
      <Screen
        title={title}
        lede={lede}
        bar={
          <>
            <BackLink to={{ screen: 'home' }} label={words.shell.allRuns} />
            <span className="note">{words.runs.repeatNote}</span>
            <NextButton
              label={words.runs.repeat}
              disabled={value === null}
              busy={work.busy}
              onClick={() => void work.run(() => repeatRun(better === 'a' ? first : second))}
            />
          </>
        }
      >
        <FailureCallout failure={failure ?? work.failure} again={again} />
        {value === null ? failure === null && <Meter label={words.ui.loading} value={null} /> : <Pair {...value} />}
      </Screen>
    </>
  );
}

/** By right answers; by held-out loss where they were not counted in both; null where neither is known. */
function betterOf({ a, b, sameDataset }: RunDifference): 'a' | 'b' | 'same' | null {
  if (a.answers === null || b.answers === null || a.answers.of === 0 || b.answers.of === 0) {
    const [left, right] = [a.lowestHeldOutLoss, b.lowestHeldOutLoss];
    if (!sameDataset || left === null || right === null) return null;
    return left === right ? 'same' : left < right ? 'a' : 'b';
  }
  const [left, right] = [a.answers.passed / a.answers.of, b.answers.passed / b.answers.of];
  return left === right ? 'same' : left > right ? 'a' : 'b';
}

function verdictOf(difference: RunDifference | null, better: ReturnType<typeof betterOf>) {
  if (difference === null) return { title: words.runs.compareTitle, lede: undefined };
  if (better === null) return { title: words.runs.compareTitle, lede: words.runs.unclear };
  if (better === 'same') return { title: words.runs.sameTitle, lede: undefined };
  const [won, other] = better === 'a' ? [difference.a, difference.b] : [difference.b, difference.a];
  const title = words.runs.betterTitle(better === 'a' ? words.runs.earlier : words.runs.later);
  const right = ({ answers }: RunDifference['a']): string =>
    answers === null ? '–' : words.runs.passedOf(answers.passed, answers.of);
  const isCounted = won.answers !== null && other.answers !== null && won.answers.of > 0 && other.answers.of > 0;
  const lede = isCounted
    ? words.runs.betterWhy(right(won), right(other))
    : words.runs.byLoss(loss(won.lowestHeldOutLoss ?? 0), loss(other.lowestHeldOutLoss ?? 0));
  return { title, lede };
}

interface PairProps {
  readonly difference: RunDifference;
  readonly earlier: RunDetail;
  readonly later: RunDetail;
}

function Pair({ difference, earlier, later }: PairProps) {
  const points = (run: RunDetail) => run.evaluations.map(({ update, heldOutLoss }) => ({ x: update, y: heldOutLoss }));
  const all = [...points(earlier), ...points(later)];
  return (
    <div className="stack gap14">
      {!difference.sameDataset && <Callout kind="warn">{words.runs.otherData}</Callout>}
      {!difference.sameBase && <Callout kind="warn">{words.runs.otherBase}</Callout>}
      <div className="two even">
        <div className="stack gap14">
          <figure className="card chartbox">
            <figcaption className="row">
              <h2>{words.train.heldOut}</h2>
              <span className="small faint">{words.train.lossWhy}</span>
            </figcaption>
            <Chart
              name={words.train.heldOut}
              height={220}
              yMin={all.length === 0 ? 0 : Math.max(0, Math.min(...all.map(({ y }) => y)) * 0.9)}
              maxX={Math.max(1, ...all.map(({ x }) => x))}
              format={loss}
              lines={[
                { label: words.runs.earlier, look: 'earlier', points: points(earlier) },
                { label: words.runs.later, look: 'held', points: points(later) },
              ]}
            />
          </figure>
          <DifferingAnswers earlier={earlier} later={later} />
        </div>
        <Differences difference={difference} earlier={earlier} later={later} />
      </div>
    </div>
  );
}
