import type { Draft } from '#common/contract/app/drafts.ts';
import type { RunSummary } from '#common/contract/app/runs.ts';
import { words } from '../copy/index.ts';
import { hrefOf } from '../state/route.ts';
import { duration } from '../ui/format.ts';

const stepOf = { quantizing: 'shrink', installing: 'install', comparing: 'compare' } as const;

/** A run that is being worked on. */
export function NowCard({ run, draft }: { readonly run: RunSummary; readonly draft: Draft | null }) {
  const progress = run.state.progress;
  const share =
    progress === null || progress.totalUpdates === 0 ? 0 : Math.round((progress.update / progress.totalUpdates) * 100);
  const step = stepOf[run.state.phase as keyof typeof stepOf] ?? 'train';
  const href =
    draft === null ? hrefOf({ screen: 'run', run: run.id }) : hrefOf({ screen: 'wizard', draft: draft.id, step });
  return (
    <section className="card now" aria-label={words.shell.training}>
      <div
        className="ring"
        style={{ '--v': share } as React.CSSProperties}
        role="progressbar"
        aria-valuenow={share}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-label={run.title}
      >
        <span>{share}%</span>
      </div>
      <div>
        <h2>{run.title}</h2>
        <p className="small dim">{words.runs.phase[run.state.phase]}</p>
      </div>
      <dl className="facts">
        {run.etaSeconds !== null && (
          <>
            <dt>{words.home.timeLeft}</dt>
            <dd>{words.home.about(duration(run.etaSeconds))}</dd>
          </>
        )}
        {progress !== null && (
          <>
            <dt>{words.runs.update}</dt>
            <dd>{words.runs.ofUpdates(progress.update, progress.totalUpdates)}</dd>
          </>
        )}
        {run.answers !== null && (
          <>
            <dt>{words.runs.right}</dt>
            <dd>{words.runs.passedOf(run.answers.passed, run.answers.of)}</dd>
          </>
        )}
      </dl>
      <a className="btn" href={href}>
        {words.shell.watch}
      </a>
    </section>
  );
}
