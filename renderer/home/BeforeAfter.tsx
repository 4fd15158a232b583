import type { RunSummary } from '#common/contract/app/runs.ts';
import { words } from '../copy/index.ts';
import { loss } from '../ui/format.ts';

/** Where a run began and where it came to: right answers where both were counted, else held-out loss. */
type Progress =
  | { readonly kind: 'answers'; readonly before: number | null; readonly after: number; readonly of: number }
  | { readonly kind: 'loss'; readonly before: number | null; readonly after: number };

function progressOf({ answers, before, heldOutLoss }: RunSummary): Progress | null {
  const counted = answers !== null && before.answers?.of === answers.of ? before.answers.passed : null;
  if (answers !== null && answers.of > 0 && (counted !== null || before.heldOutLoss === null))
    return { kind: 'answers', before: counted, after: answers.passed, of: answers.of };
  return heldOutLoss === null ? null : { kind: 'loss', before: before.heldOutLoss, after: heldOutLoss };
}

/** Improvement of the held-out loss below which nothing worth speaking of was learned. */
const hardly = 0.02;

/** True where neither answers nor loss became better by much. */
export function hardlyLearned(run: RunSummary): boolean {
  const { answers, before, heldOutLoss } = run;
  if (run.state.phase !== 'done' || before.heldOutLoss === null || heldOutLoss === null) return false;
  const moreRight = answers !== null && before.answers !== null && answers.passed > before.answers.passed;
  return !moreRight && heldOutLoss > before.heldOutLoss * (1 - hardly);
}

const width = 96;
const edge = 5;

/** A line from worst to best, with a square where it began and a disc where it came to. */
export function BeforeAfter({ run }: { readonly run: RunSummary }) {
  const of = progressOf(run);
  if (of === null) return <span className="small faint">{words.home.notMeasured}</span>;
  // A loss has no worst: the line ends a little above the larger of the two.
  const most = of.kind === 'answers' ? of.of : Math.max(of.after, of.before ?? 0) * 1.1;
  const at = (value: number): number => edge + (most === 0 ? 0 : value / most) * (width - 2 * edge);
  const text = of.kind === 'answers' ? words.home.answersFromTo(of) : words.home.lossFromTo(of, loss);
  return (
    <span className="ab">
      <svg viewBox={`0 0 ${width} 14`} role="img" aria-label={text}>
        <path d={`M2 7H${width - 2}`} className="track" />
        {of.before !== null && <path d={`M${at(of.before)} 7H${at(of.after)}`} className="way" />}
        {of.before !== null && <rect x={at(of.before) - 3.5} y="3.5" width="7" height="7" rx="1.5" className="from" />}
        <circle cx={at(of.after)} cy="7" r="4.5" className="to" />
      </svg>
      <span>
        <span className="small num nowrap" aria-hidden>
          {of.before !== null && `${of.kind === 'answers' ? of.before : loss(of.before)} → `}
          <b className="strong">{of.kind === 'answers' ? of.after : loss(of.after)}</b>
          {of.kind === 'answers' && ` ${words.home.ofRight(of.of)}`}
        </span>
        {of.kind === 'loss' && run.answers !== null && run.answers.of > 0 && (
          <span className="tiny faint nowrap right">{words.runs.rightOf(run.answers.passed, run.answers.of)}</span>
        )}
      </span>
    </span>
  );
}

/** What the two marks mean; above the tables, once. */
export function BeforeAfterKey() {
  return (
    <span className="push tiny faint row ab-key">
      <svg width="8" height="8" aria-hidden>
        <rect width="8" height="8" rx="1.5" className="from" />
      </svg>
      {words.home.keyBefore}
      <svg width="9" height="9" aria-hidden>
        <circle cx="4.5" cy="4.5" r="4.5" className="to" />
      </svg>
      {words.home.keyAfter}
    </span>
  );
}
