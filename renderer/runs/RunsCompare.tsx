import type { RunDetail, RunDifference } from '#common/contract/app/runs.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { Chart } from '../ui/Chart.tsx';
import { duration, loss, percent, when } from '../ui/format.ts';
import { useAction, useAnswer } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';
import { Strip } from '../ui/Rail.tsx';
import { BackLink, NextButton, Screen } from '../ui/Screen.tsx';
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
  const title =
    better === 'a'
      ? words.runs.betterTitle(words.runs.earlier)
      : better === 'b'
        ? words.runs.betterTitle(words.runs.later)
        : better === 'same'
          ? words.runs.sameTitle
          : words.runs.compareTitle;
  return (
    <>
      <Strip trail={[{ label: words.shell.runs, href: '#/' }, { label: words.runs.compareTitle }]} />
      <Screen
        title={title}
        lede={better === null ? (value === null ? undefined : words.runs.unclear) : words.runs.betterWhy}
        bar={
          <>
            <BackLink to={{ screen: 'home' }} label={words.shell.allRuns} />
            <span className="note" />
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

/** By right answers; null where they were not counted in both. */
function betterOf({ a, b }: RunDifference): 'a' | 'b' | 'same' | null {
  if (a.answers === null || b.answers === null || a.answers.of === 0 || b.answers.of === 0) return null;
  const [left, right] = [a.answers.passed / a.answers.of, b.answers.passed / b.answers.of];
  return left === right ? 'same' : left > right ? 'a' : 'b';
}

function Pair({
  difference,
  earlier,
  later,
}: {
  readonly difference: RunDifference;
  readonly earlier: RunDetail;
  readonly later: RunDetail;
}) {
  const { a, b } = difference;
  const points = (run: RunDetail) => run.evaluations.map(({ update, heldOutLoss }) => ({ x: update, y: heldOutLoss }));
  const answers = (side: RunDifference['a']): string =>
    side.answers === null ? '–' : words.runs.passedOf(side.answers.passed, side.answers.of);
  const outcomes: readonly (readonly [string, string, string])[] = [
    [words.runs.outcome.answers, answers(a), answers(b)],
    [
      words.runs.outcome.loss,
      a.lowestHeldOutLoss === null ? '–' : loss(a.lowestHeldOutLoss),
      b.lowestHeldOutLoss === null ? '–' : loss(b.lowestHeldOutLoss),
    ],
    [
      words.runs.outcome.accuracy,
      a.bestTokenAccuracy === null ? '–' : percent(a.bestTokenAccuracy),
      b.bestTokenAccuracy === null ? '–' : percent(b.bestTokenAccuracy),
    ],
    [words.runs.outcome.time, duration(a.trainingMs / 1000), duration(b.trainingMs / 1000)],
    [words.runs.facts.base, earlier.base.name, later.base.name],
    [words.runs.facts.data, String(earlier.dataset.examples), String(later.dataset.examples)],
    [words.runs.facts.created, when(earlier.createdAt), when(later.createdAt)],
  ];
  const settings = difference.recipe.map(({ knob, a: left, b: right }): readonly [string, string, string] => [
    words.knobs.labels[knob as keyof typeof words.knobs.labels]?.[1] ?? knob,
    left ?? words.runs.notSet,
    right ?? words.runs.notSet,
  ]);
  return (
    <div className="stack gap14">
      {!difference.sameDataset && <Callout kind="warn">{words.runs.otherData}</Callout>}
      {!difference.sameBase && <Callout kind="warn">{words.runs.otherBase}</Callout>}
      <div className="two">
        <figure className="card chartbox">
          <figcaption className="row">
            <h2>{words.train.heldOut}</h2>
            <span className="small faint">{words.train.lossWhy}</span>
          </figcaption>
          <Chart
            name={words.train.heldOut}
            height={220}
            yMin={0}
            maxX={Math.max(1, ...points(earlier).map(({ x }) => x), ...points(later).map(({ x }) => x))}
            format={loss}
            lines={[
              { label: words.runs.earlier, look: 'earlier', points: points(earlier) },
              { label: words.runs.later, look: 'held', points: points(later) },
            ]}
          />
        </figure>
        <section className="card">
          <table className="table cmp">
            <thead>
              <tr>
                <th scope="col">
                  <span className="sr">{words.runs.setting}</span>
                </th>
                <th scope="col">
                  <span className="badge base">{words.runs.earlier}</span> {earlier.title}
                </th>
                <th scope="col">
                  <span className="badge tuned">{words.runs.later}</span> {later.title}
                </th>
              </tr>
            </thead>
            <tbody>
              {[...outcomes, ...settings].map(([name, left, right]) => (
                <tr key={name} className={left === right ? 'same' : undefined}>
                  <th scope="row">{name}</th>
                  <td>{left}</td>
                  <td>{right}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {settings.length === 0 && <p className="pad small dim">{words.runs.none}</p>}
        </section>
      </div>
    </div>
  );
}
