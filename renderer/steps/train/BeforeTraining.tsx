import { SlidersHorizontal, PanelRightOpen } from 'lucide-react';
import { useState } from 'react';
import type { PresetName } from '#common/contract/app/drafts.ts';
import type { Plan } from '#common/contract/app/training.ts';
import { isActive } from '#common/domain/run.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { openDraft, saveDraft, useDraft } from '../../state/draft.ts';
import { FailureCallout } from '../../ui/Callout.tsx';
import { count, duration, percent } from '../../ui/format.ts';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { CheckChoice, useCheckAllowed } from './CheckChoice.tsx';
import { ExpertDrawer, changedKnobs } from './ExpertDrawer.tsx';
import { Questions } from './Questions.tsx';
import { RehearsalCard } from './RehearsalCard.tsx';
import { useRehearsal } from './use-rehearsal.ts';

const names: readonly PresetName[] = ['quick', 'balanced', 'thorough'];

export function BeforeTraining({ onStarted }: { onStarted(): void }) {
  const draft = useDraft((state) => state.draft)!;
  const revision = useDraft((state) => state.summary?.revision ?? 0);
  const runs = useApp((state) => state.runs);
  const [expert, setExpert] = useState(false);
  const work = useAction();
  const subject = `${draft.id}.${revision}.${draft.base?.id ?? ''}`;
  const settings = `${draft.preset}.${JSON.stringify(draft.overrides)}`;
  const order = { draft: draft.id, preset: draft.preset, overrides: draft.overrides };
  /** What the presets say, and what they would do with the settings that were changed. */
  const suggested = useAnswer((signal) => api.training.presets({ draft: draft.id }, signal), subject);
  const presets = useAnswer(
    (signal) => api.training.presets({ draft: draft.id, overrides: draft.overrides }, signal),
    `${subject}.${JSON.stringify(draft.overrides)}`,
  );
  const plan = useAnswer((signal) => api.training.plan(order, signal), `${subject}.${settings}`);
  const knobs = useAnswer((signal) => api.training.knobs({}, signal), '');
  // A valid plan first: a rehearsal of something that cannot be done only repeats the reason.
  const rehearsal = useRehearsal(plan.value === null || plan.loading ? null : order, `${subject}.${settings}`);
  const allowed = useCheckAllowed(draft.id, draft.check);
  const busyElsewhere = runs?.some(({ state }) => isActive(state)) ?? false;
  const measured = rehearsal.loading ? null : rehearsal.value;
  const timeOf = (name: PresetName): number | null => {
    const [other, chosen] = [presets.value?.[name], plan.value];
    if (measured === null || other === undefined || chosen === null) return null;
    if (name === draft.preset) return measured.estimateSeconds;
    return measured.estimateSeconds * (readIn(other) / Math.max(1, readIn(chosen)));
  };
  const start = (): void => {
    void work.run(async () => {
      await api.training.start({
        ...order,
        check: draft.check,
        questions: draft.questions,
        ...(draft.title === '' ? {} : { title: draft.title }),
      });
      await openDraft(draft.id);
      onStarted();
    });
  };
  const changed = changedKnobs(draft.overrides).length;
  return (
    <Screen
      title={words.train.title}
      lede={plan.value === null ? words.train.ledeWaiting : words.train.lede(count(plan.value.trainExamples))}
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'preview' }} label={words.steps.preview} />
          <span className="note">
            {busyElsewhere
              ? words.train.otherRuns
              : allowed === false
                ? words.train.notAllowed
                : measured?.fits === false
                  ? words.train.notFitting
                  : words.train.meanwhile}
          </span>
          <NextButton
            label={words.train.begin}
            busy={work.busy}
            disabled={
              plan.value === null || plan.loading || busyElsewhere || allowed !== true || measured?.fits === false
            }
            onClick={start}
          />
        </>
      }
    >
      <FailureCallout failure={work.failure} />
      <FailureCallout failure={plan.failure ?? suggested.failure} again={plan.again} />
      <fieldset>
        <legend className="sr">{words.train.preset}</legend>
        <div className="presets">
          {names.map((name) => {
            const [title, why] = words.train.presets[name];
            const seconds = timeOf(name);
            const facts = name === draft.preset ? (plan.value ?? presets.value?.[name]) : presets.value?.[name];
            return (
              <label key={name} className="card choice pre">
                <input
                  type="radio"
                  name="preset"
                  checked={draft.preset === name}
                  onChange={() => void saveDraft({ preset: name })}
                />
                <div className="row">
                  <span className="dot" />
                  <h2>{title}</h2>
                  {name === 'balanced' && <span className="badge good push">{words.train.suggested}</span>}
                </div>
                <p className="time">
                  {seconds === null
                    ? facts === undefined
                      ? '…'
                      : words.train.updates(count(facts.updates))
                    : words.train.about(duration(seconds))}
                </p>
                <p className="small dim">{why}</p>
                <p className="tiny faint k">
                  {facts === undefined
                    ? '…'
                    : words.train.passes(
                        String(facts.recipe.epochs),
                        facts.heldOutExamples === 0 ? words.train.noneHeldOut : percent(facts.recipe.heldOut),
                      )}
                </p>
              </label>
            );
          })}
        </div>
      </fieldset>
      <div className="two">
        <RehearsalCard
          plan={plan.value}
          rehearsal={rehearsal.value}
          loading={rehearsal.loading}
          failure={rehearsal.failure}
          again={rehearsal.again}
        />
        <section className="card pad" aria-labelledby="right">
          <h2 id="right">{words.train.right}</h2>
          <p className="small dim">
            {plan.value?.heldOutExamples === 0 ? words.train.noHeldOut : words.train.rightWhy}
          </p>
          <CheckChoice subject={draft.id} check={draft.check} onChange={(check) => void saveDraft({ check })} />
          <Questions />
        </section>
      </div>
      <button
        type="button"
        className="disclose"
        aria-haspopup="dialog"
        aria-expanded={expert}
        onClick={() => setExpert(true)}
      >
        <SlidersHorizontal className="icon" aria-hidden />
        <span>
          <b className="strong">{words.train.expert}</b>{' '}
          <span className="dim small">
            {changed === 0
              ? words.train.asSuggested(knobs.value?.length ?? 0)
              : words.train.changed(changed, knobs.value?.length ?? 0)}
          </span>
        </span>
        <span className="push row dim">
          <PanelRightOpen className="icon" aria-hidden />
        </span>
      </button>
      {expert && knobs.value !== null && (
        <ExpertDrawer
          knobs={knobs.value}
          suggested={suggested.value?.[draft.preset].recipe ?? null}
          plan={plan.value}
          measured={measured}
          failure={plan.failure}
          onRehearse={rehearsal.again}
          onClose={() => setExpert(false)}
        />
      )}
    </Screen>
  );
}

/** Examples that are read in all: what the time grows with. */
function readIn(plan: Plan): number {
  return plan.updates * plan.recipe.batchSize;
}
