import type { Overrides } from '#common/contract/app/drafts.ts';
import type { Knob, Plan } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';
import type { Failure } from '#common/domain/errors.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { bytes, count, duration } from '../../ui/format.ts';
import { KnobField } from './KnobField.tsx';

interface Props {
  readonly knobs: readonly Knob[];
  /** What the preset says. */
  readonly suggested: Recipe | null;
  readonly plan: Plan | null;
  /** Null where what is set now was not rehearsed. */
  readonly measured: Rehearsal | null;
  readonly failure: Failure | null;
  onRehearse(): void;
  onClose(): void;
}

export function changedKnobs(overrides: Overrides): readonly string[] {
  return Object.entries(overrides)
    .filter(([, value]) => value !== undefined)
    .map(([knob]) => knob);
}

/** Every knob with one line of explanation; what is not touched stays as the preset says. */
export function ExpertDrawer({ knobs, suggested, plan, measured, failure, onRehearse, onClose }: Props) {
  const overrides = useDraft((state) => state.draft?.overrides ?? {});
  const changed = changedKnobs(overrides).length;
  const set = (knob: Knob['knob'], value: unknown): void => {
    // Not those that are drawn: another setting may have been made since.
    const { [knob]: _, ...others } = useDraft.getState().draft?.overrides ?? {};
    void saveDraft({
      overrides: value === undefined || same(value, suggested?.[knob]) ? others : { ...others, [knob]: value },
    });
  };
  const groups = Object.keys(words.knobs.groups) as (keyof typeof words.knobs.groups)[];
  return (
    <Dialog
      title={words.train.expert}
      look="drawer"
      onClose={onClose}
      footer={
        <>
          <span className="small dim">
            {measured === null
              ? words.train.footerStale
              : words.train.footer(duration(measured.estimateSeconds), bytes(measured.peakBytes))}
          </span>
          <Button
            look="quiet"
            small
            className="push"
            disabled={changed === 0}
            onClick={() => void saveDraft({ overrides: {} })}
          >
            {words.train.reset(changed)}
          </Button>
          <Button
            small
            onClick={() => {
              onClose();
              onRehearse();
            }}
          >
            {words.train.rehearseAgain}
          </Button>
        </>
      }
    >
      <FailureCallout failure={failure} />
      {groups.map((group) => {
        // The check has a place of its own on the screen.
        const inGroup = knobs.filter(({ knob }) => knob !== 'check' && words.knobs.labels[knob][0] === group);
        return inGroup.length === 0 ? null : (
          <section key={group}>
            <h3>{words.knobs.groups[group]}</h3>
            <div className="form2">
              {inGroup.map((knob) => (
                <KnobField
                  key={knob.knob}
                  knob={knob}
                  value={overrides[knob.knob] ?? suggested?.[knob.knob]}
                  suggested={suggested?.[knob.knob]}
                  changed={overrides[knob.knob] !== undefined}
                  note={knob.knob === 'epochs' && plan !== null ? words.knobs.updatesInAll(count(plan.updates)) : null}
                  onSet={(value) => set(knob.knob, value)}
                />
              ))}
            </div>
          </section>
        );
      })}
    </Dialog>
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
