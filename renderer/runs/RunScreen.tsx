import { Share } from 'lucide-react';
import { useState } from 'react';
import type { RunDetail } from '#common/contract/app/runs.ts';
import { formatCheckSpec } from '#common/domain/check.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { go, hrefOf } from '../state/route.ts';
import { say } from '../state/toasts.ts';
import { RunBadge } from '../home/RunTable.tsx';
import { Button } from '../ui/Button.tsx';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { Chart } from '../ui/Chart.tsx';
import { bytes, count, fileName, loss, percent, print, when } from '../ui/format.ts';
import { useAction, useAnswer } from '../ui/hooks.ts';
import { Menu } from '../ui/Menu.tsx';
import { Meter } from '../ui/Meter.tsx';
import { Strip } from '../ui/Rail.tsx';
import { BackLink, NextButton, Screen } from '../ui/Screen.tsx';
import { DeleteRun } from './DeleteRun.tsx';
import { Recipe, SampleAnswers } from './RunParts.tsx';
import { exportRun, repeatRun } from './run-actions.ts';

/** Everything that is known of one run, with the print of every input. */
export function RunScreen({ id }: { readonly id: string }) {
  const { value: run, failure, again } = useAnswer((signal) => api.runs.detail({ run: id }, signal), id);
  const [deleting, setDeleting] = useState(false);
  const [title, setTitle] = useState<string | null>(null);
  const draft = useApp((state) => state.drafts?.find((each) => each.run === id) ?? null);
  const work = useAction();
  const rename = (): void => {
    if (title === null || title.trim() === '') return setTitle(null);
    void work
      .run(() => api.runs.rename({ run: id, title: title.trim() }))
      .then((done) => {
        if (done) setTitle(null);
        return again();
      });
  };
  return (
    <>
      <Strip trail={[{ label: words.shell.runs, href: '#/' }, { label: run?.title ?? id }]} />
      <Screen
        title={run?.title ?? id}
        lede={
          run === null ? undefined : (
            <RunBadge run={{ state: run.state, installedAs: run.installed.map(({ name }) => name) }} />
          )
        }
        aside={
          run !== null && (
            <span className="row">
              <Button busy={work.busy} onClick={() => void work.run(() => exportRun(id, run.title))}>
                <Share className="icon" aria-hidden />
                {words.runs.export}
              </Button>
              <Menu
                label={words.runs.more}
                items={[
                  { label: words.runs.rename, run: () => setTitle(run.title) },
                  { label: words.runs.delete, danger: true, run: () => setDeleting(true) },
                ]}
              />
            </span>
          )
        }
        bar={
          <>
            <BackLink to={{ screen: 'home' }} label={words.shell.allRuns} />
            {draft !== null && (
              <a className="btn quiet" href={hrefOf({ screen: 'wizard', draft: draft.id, step: draft.step })}>
                {words.runs.openWizard}
              </a>
            )}
            <span className="note">{words.runs.repeatNote}</span>
            <NextButton
              label={words.runs.repeat}
              busy={work.busy}
              disabled={run === null}
              onClick={() => void work.run(() => repeatRun(id))}
            />
          </>
        }
      >
        <FailureCallout failure={failure ?? work.failure} />
        {title !== null && (
          <form
            className="row rename"
            onSubmit={(event) => {
              event.preventDefault();
              rename();
            }}
          >
            <input
              className="input"
              aria-label={words.runs.name}
              autoFocus
              value={title}
              maxLength={200}
              onChange={(event) => setTitle(event.target.value)}
            />
            <Button type="submit">{words.runs.save}</Button>
          </form>
        )}
        {run === null ? failure === null && <Meter label={words.ui.loading} value={null} /> : <Detail run={run} />}
      </Screen>
      {deleting && run !== null && (
        <DeleteRun
          run={{ id, title: run.title, installedAs: run.installed.map(({ name }) => name) }}
          onClose={() => setDeleting(false)}
          onDeleted={() => go({ screen: 'home' })}
        />
      )}
    </>
  );
}

function Detail({ run }: { readonly run: RunDetail }) {
  const trained = run.state.progress?.trained ?? null;
  const held = run.evaluations.map(({ update, heldOutLoss }) => ({ x: update, y: heldOutLoss }));
  const practice = run.steps.map(({ update, loss: value }) => ({ x: update, y: value }));
  const facts = words.runs.facts;
  const check = formatCheckSpec(run.recipe.check);
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [facts.kept, trained === null ? '–' : `${words.train.atUpdate(trained.keptUpdate)}. ${trained.reason}`],
    [facts.base, `${run.base.title}, ${bytes(run.base.bytes)}`],
    [facts.basePrint, <Print key="b" what={facts.basePrint} of={run.base.sha256} />],
    [facts.data, `${count(run.dataset.examples)}, ${bytes(run.dataset.bytes)}`],
    [facts.dataPrint, <Print key="d" what={facts.dataPrint} of={run.dataset.sha256} />],
    [facts.preset, words.train.presets[run.recipe.preset as 'quick']?.[0] ?? run.recipe.preset],
    [facts.recipePrint, <Print key="r" what={facts.recipePrint} of={run.recipeSha256} />],
    [words.runs.check, <code key="c">{check}</code>],
    [facts.seed, String(run.seed)],
    [facts.engine, run.engineBuild],
    [facts.created, when(run.createdAt)],
  ];
  return (
    <>
      {run.imported && (
        <Callout title={`${words.runs.fromFile}.`}>
          {words.runs.fromFileWhy} {run.recipe.check.kind === 'command' && words.runs.checkProgram(check)}
        </Callout>
      )}
      {!run.base.exists && (
        <Callout kind="warn">
          {words.runs.noBase(run.base.title, bytes(run.base.bytes))} {words.runs.lookedFor} <code>{run.base.path}</code>
          .
        </Callout>
      )}
      {run.state.phase === 'failed' && <FailureCallout failure={run.state.failure} />}
      <Columns run={run} rows={rows} held={held} practice={practice} />
    </>
  );
}

interface ColumnsProps {
  readonly run: RunDetail;
  readonly rows: readonly (readonly [string, React.ReactNode])[];
  readonly held: readonly { readonly x: number; readonly y: number }[];
  readonly practice: readonly { readonly x: number; readonly y: number }[];
}

function Columns({ run, rows, held, practice }: ColumnsProps) {
  const trained = run.state.progress?.trained ?? null;
  const facts = words.runs.facts;
  return (
    <div className="two">
      <div className="stack gap14">
        <figure className="card chartbox">
          <figcaption className="row">
            <h2>{words.runs.loss}</h2>
            <span className="small faint">{words.train.lossWhy}</span>
          </figcaption>
          <Chart
            name={words.runs.loss}
            height={210}
            yMin={lowest([held, practice])}
            maxX={Math.max(1, run.state.progress?.totalUpdates ?? practice.at(-1)?.x ?? 1)}
            format={loss}
            {...(trained === null ? {} : { mark: { x: trained.keptUpdate, label: words.train.keptMark } })}
            lines={[
              ...(held.length > 0 ? [{ label: words.train.heldOut, look: 'held' as const, points: held }] : []),
              { label: words.train.practice, look: 'train', points: practice },
            ]}
          />
          {run.answers.length > 0 && (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{words.runs.update}</th>
                  <th scope="col">{words.runs.right}</th>
                  <th scope="col">{words.train.heldOut}</th>
                </tr>
              </thead>
              <tbody>
                {run.answers.map((answer) => (
                  <tr key={answer.update} className={answer.update === trained?.keptUpdate ? 'sel' : undefined}>
                    <th scope="row">{answer.update}</th>
                    <td>{words.runs.passedOf(answer.passed, answer.of)}</td>
                    <td>{lossAt(run, answer.update)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </figure>
        {run.samples.length > 0 && <SampleAnswers samples={run.samples} />}
        {run.reports.length > 0 && (
          <section className="card" aria-labelledby="reports">
            <div className="card-head">
              <h2 id="reports">{words.runs.reports}</h2>
            </div>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{words.runs.subject}</th>
                  <th scope="col">{words.runs.right}</th>
                  <th scope="col">{words.train.heldOut}</th>
                  <th scope="col">{words.runs.outcome.accuracy}</th>
                </tr>
              </thead>
              <tbody>
                {run.reports.map((report) => (
                  <tr key={report.subject}>
                    <th scope="row">{report.subject}</th>
                    <td>
                      {report.of === undefined || report.passed === undefined
                        ? '–'
                        : words.runs.passedOf(report.passed, report.of)}
                    </td>
                    <td>{loss(report.loss)}</td>
                    <td>{percent(report.tokenAccuracy)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
      <div className="stack gap14">
        <section className="card pad" aria-labelledby="inputs">
          <h2 id="inputs">{words.runs.details}</h2>
          <dl className="facts left">
            {rows.map(([name, value]) => (
              <FactRow key={name} name={name} value={value} />
            ))}
          </dl>
          <p className="tiny faint">{words.runs.printWhy}</p>
          <Recipe recipe={run.recipe} />
          <h3 className="ruled">{facts.files}</h3>
          <ul className="small">
            {run.dataset.sources.map((source) => (
              <li key={source.path} className="row">
                <span className="ellipsis" title={source.path}>
                  {fileName(source.path)}
                </span>
                <span className="push">{words.home.examples(count(source.examples))}</span>
                <Print what={fileName(source.path)} of={source.sha256} />
              </li>
            ))}
          </ul>
        </section>
        <section className="card" aria-labelledby="artifacts">
          <div className="card-head">
            <h2 id="artifacts">{words.runs.artifacts}</h2>
          </div>
          {run.artifacts.length === 0 && <p className="pad small dim">{words.runs.noFiles}</p>}
          <table className="table files">
            <tbody>
              {run.artifacts.map((artifact) => (
                <tr key={artifact.path}>
                  <th scope="row" title={artifact.path}>
                    {words.runs.kinds[artifact.kind]}
                    {artifact.quant !== null && ` ${artifact.quant}`}
                    <div className="tiny faint ellipsis">{fileName(artifact.path)}</div>
                  </th>
                  <td className="num">{artifact.exists ? bytes(artifact.bytes) : words.runs.gone}</td>
                  <td>
                    <Print what={fileName(artifact.path)} of={artifact.sha256} />
                  </td>
                </tr>
              ))}
              {run.installed.map(({ name, quant, installedAt }) => (
                <tr key={name}>
                  <th scope="row">
                    {words.runs.inOllama}
                    <div className="tiny faint">{name.replace(/:latest$/, '')}</div>
                  </th>
                  <td className="num">{quant ?? ''}</td>
                  <td className="small dim">{when(installedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </div>
  );
}

function FactRow({ name, value }: { readonly name: string; readonly value: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Print({ of, what }: { readonly of: string; readonly what: string }) {
  const copy = (): void => void navigator.clipboard.writeText(of).then(() => say(words.ui.copied));
  return (
    <button type="button" className="print" title={of} onClick={copy}>
      <code>{print(of)}</code>
      <span className="sr"> {words.runs.copyPrint(what)}</span>
    </button>
  );
}

/** The curve fills its chart: what matters is how it goes, not how far it is from nothing. */
function lowest(lines: readonly (readonly { readonly y: number }[])[]): number {
  const all = lines.flat().map(({ y }) => y);
  return all.length === 0 ? 0 : Math.max(0, Math.min(...all) * 0.9);
}

function lossAt(run: RunDetail, update: number): string {
  const found = run.evaluations.find((evaluation) => evaluation.update === update);
  return found === undefined ? '–' : loss(found.heldOutLoss);
}
