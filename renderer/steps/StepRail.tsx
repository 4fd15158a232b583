import { Check, LayoutList } from 'lucide-react';
import { useState } from 'react';
import { stepIds, type Draft, type StepId } from '#common/contract/app/drafts.ts';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { saveDraft, useDraft } from '../state/draft.ts';
import { readTraining } from '../state/reading.ts';
import { hrefOf } from '../state/route.ts';
import { stepStates, type StepState } from '../state/steps.ts';
import { useTraining } from '../state/training.ts';
import { count, duration } from '../ui/format.ts';
import { Brand, RailFoot } from '../ui/Rail.tsx';

export function StepRail({ draft, step }: { readonly draft: Draft; readonly step: StepId }) {
  const summary = useDraft((state) => state.summary);
  const run = useApp((state) => state.runs?.find(({ id }) => id === draft.run) ?? null);
  const view = useTraining((state) => (state.run === draft.run ? state.view : null));
  const examples = summary?.examples ?? 0;
  // What the open stream tells is newer than the list of runs.
  const standing = run === null ? null : { ...run, state: view?.state ?? run.state };
  const states = stepStates({ draft, examples, run: standing });
  const reading = view === null ? null : readTraining(view, Date.now());
  const receipts: Record<StepId, string> = {
    model: draft.base?.title ?? '',
    examples: examples > 0 ? words.home.examples(count(examples)) : '',
    preview: '',
    train:
      reading === null || standing === null
        ? ''
        : states.train === 'running'
          ? reading.etaSeconds === null
            ? `${reading.percent}%`
            : words.train.rail(reading.percent, duration(reading.etaSeconds))
          : states.train === 'done'
            ? words.train.railKept(standing.state.progress?.trained?.keptUpdate ?? 0)
            : words.runs.phase[standing.state.phase],
    shrink: draft.quant ?? '',
    install: standing?.installedAs[0]?.replace(/:latest$/, '') ?? '',
    compare: '',
  };
  return (
    <nav className="rail" aria-label={words.shell.stepsOfThis}>
      <Brand />
      <a className="rail-link" href="#/" title={words.shell.allRuns}>
        <LayoutList className="icon" aria-hidden />
        {words.shell.allRuns}
      </a>
      <Title key={draft.id} title={draft.title} />
      <ol className="steps">
        {stepIds.map((id, index) => (
          <li
            key={id}
            className={`${states[id]} ${id === step ? 'current' : ''}`}
            style={{ '--p': reading?.percent ?? 0 } as React.CSSProperties}
          >
            <Entry
              id={id}
              number={index + 1}
              state={states[id]}
              current={id === step}
              receipt={receipts[id]}
              href={hrefOf({ screen: 'wizard', draft: draft.id, step: id })}
            />
          </li>
        ))}
      </ol>
      <RailFoot />
    </nav>
  );
}

interface EntryProps {
  readonly id: StepId;
  readonly number: number;
  readonly state: StepState;
  readonly current: boolean;
  readonly receipt: string;
  readonly href: string;
}

function Entry({ id, number, state, current, receipt, href }: EntryProps) {
  const said = words.stepWords[state];
  const content = (
    <>
      <span className="mark">
        {state === 'done' ? (
          <Check className="icon" aria-hidden />
        ) : state === 'running' ? null : state === 'attention' || state === 'failed' ? (
          '!'
        ) : (
          number
        )}
      </span>
      <span className="name">
        {words.steps[id]}
        {said !== '' && <span className="sr">, {said}</span>}
      </span>
      <span className="sum">{receipt}</span>
    </>
  );
  const title = [words.steps[id], receipt].filter(Boolean).join(', ');
  return state === 'locked' && !current ? (
    <span className="step" title={title}>
      {content}
    </span>
  ) : (
    <a className="step" href={href} data-step={id} title={title} aria-current={current ? 'step' : undefined}>
      {content}
    </a>
  );
}

/** The project's name, written over in place. */
function Title({ title }: { readonly title: string }) {
  const [text, setText] = useState(title);
  return (
    <div className="rail-project">
      <input
        className="title-input"
        aria-label={words.shell.rename}
        placeholder={words.shell.untitled}
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => text !== title && void saveDraft({ title: text.trim() })}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      <span>{words.shell.savedAsYouGo}</span>
    </div>
  );
}
