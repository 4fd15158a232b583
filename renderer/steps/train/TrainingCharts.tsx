import { useMemo, useState } from 'react';
import { words } from '../../copy/index.ts';
import type { Reading } from '../../state/reading.ts';
import type { TrainingView } from '../../state/training.ts';
import { Chart, Key } from '../../ui/Chart.tsx';
import { loss } from '../../ui/format.ts';
import { smoothed, tableRows } from './curves.ts';

interface Props {
  readonly view: TrainingView;
  readonly reading: Reading;
  readonly kept: number | null;
  readonly running: boolean;
}

/** Both losses, and below them on the same axis the right answers, which decide. */
export function TrainingCharts({ view, reading, kept, running }: Props) {
  const practice = useMemo(() => smoothed(view.steps), [view.steps]);
  const held = view.evaluations.map(({ update, heldOutLoss }) => ({ x: update, y: heldOutLoss }));
  const answers = view.answers.filter(({ of }) => of > 0).map(({ update, passed }) => ({ x: update, y: passed }));
  const most = view.answers.at(-1)?.of ?? Math.min(view.recipe.maxAnswers, view.start?.heldOutExamples ?? 1);
  // One that ended early has nothing to come.
  const maxX = Math.max(kept === null ? reading.totalUpdates : reading.update, reading.update, 1);
  const now = running ? { now: reading.update } : {};
  const ends = (points: readonly { readonly y: number }[]): string =>
    points.length === 0 ? words.train.noneYet : words.train.fromTo(loss(points[0]!.y), loss(points.at(-1)!.y));
  const marked = kept ?? reading.best?.update ?? null;
  const mark =
    marked === null || answers.length === 0
      ? {}
      : { mark: { x: marked, label: kept === null ? words.train.bestMark : words.train.keptMark } };
  const lastAnswers = view.answers.findLast(({ of }) => of > 0);
  const asksAnswers = answers.length > 0 || (view.recipe.maxAnswers > 0 && (view.start?.heldOutExamples ?? 0) > 0);
  return (
    <figure className="card chartbox">
      <figcaption className="row">
        <h2>{words.train.lossTitle}</h2>
        <span className="small faint">{words.train.lossWhy}</span>
        <span className="push row keys">
          {held.length > 0 && <Key look="held" label={words.train.heldOut} />}
          <Key look="train" label={words.train.practice} />
        </span>
      </figcaption>
      <Chart
        name={words.train.lossName(ends(held), ends(practice))}
        height={asksAnswers ? 176 : 250}
        later={words.train.later}
        maxX={maxX}
        {...now}
        yMin={0}
        format={loss}
        xLabels={!asksAnswers}
        lines={[
          ...(held.length > 0 ? [{ label: words.train.heldOut, look: 'held' as const, points: held }] : []),
          { label: words.train.practice, look: 'train', points: practice },
        ]}
      />
      {asksAnswers && (
        <>
          <div className="row subcaption">
            <h2>{words.train.answersTitle}</h2>
            <span className="small faint">
              {lastAnswers === undefined ? words.train.firstCheckSoon : words.train.answersWhy}
            </span>
          </div>
          <Chart
            name={
              lastAnswers === undefined
                ? words.train.firstCheckSoon
                : words.train.answersName(words.runs.passedOf(lastAnswers.passed, lastAnswers.of))
            }
            height={128}
            maxX={maxX}
            {...now}
            {...mark}
            yMin={0}
            yMax={most}
            format={(value) => String(Math.round(value))}
            lines={answers.length === 0 ? [] : [{ label: words.train.answersLabel, look: 'held', points: answers }]}
          />
        </>
      )}
      <Figures view={view} />
    </figure>
  );
}

/** The curves as numbers. A table that is closed is not drawn: it may have hundreds of rows, ten times a second. */
function Figures({ view }: { readonly view: TrainingView }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="tiny" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="faint">{words.ui.asTable}</summary>
      {open && (
        <div className="table-box" tabIndex={0} role="region" aria-label={words.ui.asTable}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.train.update}</th>
                <th scope="col">{words.train.heldOut}</th>
                <th scope="col">{words.train.practice}</th>
                <th scope="col">{words.train.answersTitle}</th>
              </tr>
            </thead>
            <tbody>
              {tableRows(view).map((row) => (
                <tr key={row.update}>
                  <th scope="row">{row.update}</th>
                  <td>{row.held === null ? '–' : loss(row.held)}</td>
                  <td>{row.practice === null ? '–' : loss(row.practice)}</td>
                  <td>{row.answers ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
