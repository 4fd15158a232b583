import { ArrowRight, HardDrive, Lightbulb, Plus } from 'lucide-react';
import { useState } from 'react';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { go, hrefOf } from '../state/route.ts';
import { Button } from '../ui/Button.tsx';
import { FailureCallout } from '../ui/Callout.tsx';
import { bytes, count, when } from '../ui/format.ts';
import { useAction } from '../ui/hooks.ts';
import { Menu } from '../ui/Menu.tsx';
import { Strip } from '../ui/Rail.tsx';
import { Screen } from '../ui/Screen.tsx';
import { DeleteRun } from '../runs/DeleteRun.tsx';
import { ImportRun } from '../runs/ImportRun.tsx';
import { DiscardDraft } from './DiscardDraft.tsx';
import { newDraft, newSample } from './new-draft.ts';
import { Notices } from './Notices.tsx';
import { NowCard } from './NowCard.tsx';
import { UpdateNotice } from '../updates/UpdateNotice.tsx';
import { RunTable } from './RunTable.tsx';
import { Welcome } from './Welcome.tsx';
import { isActive } from '#common/domain/run.ts';
import type { Draft } from '#common/contract/app/drafts.ts';
import type { RunSummary } from '#common/contract/app/runs.ts';

export function Home() {
  const { runs, drafts } = useApp();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [deleting, setDeleting] = useState<RunSummary | null>(null);
  const [discarding, setDiscarding] = useState<Draft | null>(null);
  const work = useAction();
  if (runs === null || drafts === null) return null;
  if (runs.length === 0 && drafts.length === 0) return <Welcome />;
  const active = runs.filter(({ state }) => isActive(state));
  const open = drafts.filter(({ run }) => run === null);
  const toggle = (id: string): void =>
    setChosen((ids) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id].slice(-2)));
  const [a, b] = [...chosen].sort();
  return (
    <>
      <Strip trail={[{ label: words.shell.allRuns }]} />
      <Screen
        title={words.home.title}
        lede={words.home.lede}
        aside={
          <span className="row wrap end">
            {runs.length === 0 && !drafts.some(({ view }) => 'guided' in view) && (
              <Button look="quiet" disabled={work.busy} onClick={() => void work.run(() => newSample())}>
                <Lightbulb className="icon" aria-hidden />
                {words.guided.try}
              </Button>
            )}
            <ImportRun />
            <Button look="primary" data-key="primary" busy={work.busy} onClick={() => void work.run(() => newDraft())}>
              <Plus className="icon" aria-hidden />
              {words.home.new}
            </Button>
          </span>
        }
      >
        <div className="stack" style={{ '--gap': '14px' } as React.CSSProperties}>
          <FailureCallout failure={work.failure} />
          <Notices />
          {runs.length > 0 && <UpdateNotice />}
          {active.map((run) => (
            <NowCard key={run.id} run={run} draft={drafts.find((draft) => draft.run === run.id) ?? null} />
          ))}
          {open.length > 0 && (
            <section aria-labelledby="open">
              <div className="group">
                <h2 id="open">{words.home.unfinished}</h2>
                <span className="small faint">{words.home.unfinishedWhy}</span>
              </div>
              <ul className="card list">
                {open.map((draft) => (
                  <li key={draft.id}>
                    <a className="strong" href={hrefOf({ screen: 'wizard', draft: draft.id, step: draft.step })}>
                      {draft.title || words.shell.untitled}
                    </a>
                    <span className="small dim">{words.home.standsAt(words.steps[draft.step])}</span>
                    <span className="tiny faint push">{when(draft.updatedAt)}</span>
                    <Button small onClick={() => go({ screen: 'wizard', draft: draft.id, step: draft.step })}>
                      {words.home.continue}
                      <ArrowRight className="icon" aria-hidden />
                    </Button>
                    <Menu
                      label={words.home.moreFor(draft.title || words.shell.untitled)}
                      items={[
                        {
                          label: words.home.discard,
                          danger: true,
                          run: () => setDiscarding(draft),
                        },
                      ]}
                    />
                  </li>
                ))}
              </ul>
            </section>
          )}
          {groupsOf(runs.filter(({ state }) => !isActive(state))).map(([title, group], index) => (
            <RunTable
              key={title}
              title={title}
              runs={group}
              hasKey={index === 0}
              chosen={chosen}
              onToggle={toggle}
              onDelete={setDeleting}
              onWork={(task) => void work.run(task)}
            />
          ))}
          {runs.length > 0 && (
            <div className="small faint row">
              <HardDrive className="icon" aria-hidden />
              {words.home.disk(
                words.units.runs(count(runs.length), runs.length === 1),
                runs.length === 1,
                bytes(runs.reduce((sum, run) => sum + run.artifactBytes, 0)),
              )}
              <a className="link" href={hrefOf({ screen: 'settings' })}>
                {words.home.freeUp}
              </a>
              <span className="push">
                {a !== undefined && b !== undefined ? (
                  <Button small onClick={() => go({ screen: 'runs', a, b })}>
                    {words.home.compareTwo}
                  </Button>
                ) : (
                  runs.length > 1 && words.home.selectTwo
                )}
              </span>
            </div>
          )}
        </div>
      </Screen>
      {discarding !== null && <DiscardDraft draft={discarding} onClose={() => setDiscarding(null)} />}
      {deleting !== null && <DeleteRun run={deleting} onClose={() => setDeleting(null)} />}
    </>
  );
}

/** Runs of one title belong together; the newest group first, as main lists them. */
function groupsOf(runs: readonly RunSummary[]): readonly (readonly [string, readonly RunSummary[]])[] {
  return [...Map.groupBy(runs, ({ title }) => title)];
}
