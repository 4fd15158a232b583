import { Check, Play, TriangleAlert } from 'lucide-react';
import type { RunSummary } from '#common/contract/app/runs.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { go, hrefOf } from '../state/route.ts';
import { exportRun, repeatRun } from '../runs/run-actions.ts';
import { Button } from '../ui/Button.tsx';
import { count, percent, when } from '../ui/format.ts';
import { Menu } from '../ui/Menu.tsx';
import { BeforeAfter, BeforeAfterKey, hardlyLearned } from './BeforeAfter.tsx';

interface Props {
  readonly title: string;
  readonly runs: readonly RunSummary[];
  readonly chosen: readonly string[];
  /** Explains the marks of the column before and after: the first table on the screen does. */
  readonly hasKey: boolean;
  onToggle(id: string): void;
  onDelete(run: RunSummary): void;
  onWork(task: () => Promise<void>): void;
}

export function RunTable({ title, runs, chosen, hasKey, onToggle, onDelete, onWork }: Props) {
  const id = `group-${runs[0]?.id ?? ''}`;
  return (
    <section aria-labelledby={id}>
      <div className="group">
        <h2 id={id}>{title}</h2>
        {hasKey && <BeforeAfterKey />}
      </div>
      <div className="card">
        <table className="table roomy runs">
          <colgroup>
            <col className="c-pick" />
            <col className="c-run" />
            <col className="c-model" />
            <col className="c-count hide-narrow" />
            <col className="c-ab" />
            <col />
            <col className="c-more" />
          </colgroup>
          <thead className="sr">
            <tr>
              <th scope="col">{words.home.select}</th>
              <th scope="col">{words.home.run}</th>
              <th scope="col">{words.steps.model}</th>
              <th scope="col" className="hide-narrow">
                {words.steps.examples}
              </th>
              <th scope="col">{words.home.beforeAfter}</th>
              <th scope="col">{words.home.result}</th>
              <th scope="col">{words.ui.more}</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run, index) => (
              <Row
                key={run.id}
                run={run}
                name={words.home.runNumber(runs.length - index)}
                chosen={chosen.includes(run.id)}
                onToggle={() => onToggle(run.id)}
                onDelete={() => onDelete(run)}
                onWork={onWork}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface RowProps {
  readonly run: RunSummary;
  readonly name: string;
  readonly chosen: boolean;
  onToggle(): void;
  onDelete(): void;
  onWork(task: () => Promise<void>): void;
}

function Row({ run, name, chosen, onToggle, onDelete, onWork }: RowProps) {
  const draft = useApp((state) => state.drafts?.find((other) => other.run === run.id) ?? null);
  return (
    <tr className={chosen ? 'sel' : undefined}>
      <td>
        <input type="checkbox" checked={chosen} onChange={onToggle} aria-label={words.home.selectToCompare(name)} />
      </td>
      <th scope="row">
        <a href={hrefOf({ screen: 'run', run: run.id })}>{name}</a>
        <div className="tiny faint">{when(run.createdAt)}</div>
      </th>
      <td className="ellipsis" title={run.base}>
        {run.base}
      </td>
      <td className="hide-narrow num">{words.home.examples(count(run.examples))}</td>
      <td>
        <BeforeAfter run={run} />
      </td>
      <td>
        <span className="row wrap">
          {hardlyLearned(run) && run.installedAs.length === 0 ? (
            <span className="badge warn">
              <TriangleAlert className="icon" aria-hidden />
              {words.home.hardly}
            </span>
          ) : (
            <RunBadge run={run} />
          )}
          {run.canResume && (
            <Button
              small
              onClick={() =>
                onWork(async () => {
                  await api.training.resume({ run: run.id });
                  if (draft !== null) go({ screen: 'wizard', draft: draft.id, step: 'train' });
                })
              }
            >
              <Play className="icon" aria-hidden />
              {words.runs.resume}
            </Button>
          )}
        </span>
      </td>
      <td>
        <span className="row">
          <Menu
            label={words.home.moreFor(name)}
            items={[
              { label: words.runs.open, run: () => go({ screen: 'run', run: run.id }) },
              ...(draft === null
                ? []
                : [
                    {
                      label: words.runs.openWizard,
                      run: () => go({ screen: 'wizard', draft: draft.id, step: draft.step }),
                    },
                  ]),
              { label: words.runs.repeat, run: () => onWork(() => repeatRun(run.id)) },
              { label: words.runs.export, run: () => onWork(() => exportRun(run.id, run.title)) },
              { label: words.runs.delete, danger: true, run: onDelete },
            ]}
          />
        </span>
      </td>
    </tr>
  );
}

export function RunBadge({ run }: { readonly run: Pick<RunSummary, 'state' | 'installedAs'> }) {
  const installed = run.installedAs[0];
  if (installed !== undefined) {
    return (
      <span className="badge good">
        <Check className="icon" aria-hidden />
        {words.runs.installedAs(installed.replace(/:latest$/, ''))}
      </span>
    );
  }
  const { phase } = run.state;
  if (phase === 'failed') {
    return (
      <span className="badge bad">
        <TriangleAlert className="icon" aria-hidden />
        {words.runs.phase[phase]}
      </span>
    );
  }
  const stopped = phase === 'interrupted' || phase === 'paused' || phase === 'cancelled';
  const { progress } = run.state;
  const at = stopped && progress !== null && progress.totalUpdates > 0 && progress.update < progress.totalUpdates;
  return (
    <span
      className={`badge ${stopped ? 'warn' : ''}`}
      title={at ? words.home.stoppedAt(percent(progress.update / progress.totalUpdates)) : undefined}
    >
      {words.runs.phase[phase]}
    </span>
  );
}
