import { useState } from 'react';
import type { Overrides } from '#common/contract/app/drafts.ts';
import type { Knob } from '#common/contract/app/training.ts';
import type { Failure } from '#common/domain/errors.ts';
import { linearNames, type Recipe } from '#common/domain/recipe.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';

interface Props {
  readonly knobs: readonly Knob[];
  /** What the preset says. */
  readonly suggested: Recipe | null;
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
export function ExpertDrawer({ knobs, suggested, failure, onRehearse, onClose }: Props) {
  const overrides = useDraft((state) => state.draft?.overrides ?? {});
  const changed = changedKnobs(overrides).length;
  const set = (knob: Knob['knob'], value: unknown): void => {
    const { [knob]: _, ...others } = overrides;
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
          <Button look="quiet" small disabled={changed === 0} onClick={() => void saveDraft({ overrides: {} })}>
            {words.train.reset(changed)}
          </Button>
          <Button
            small
            className="push"
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

interface KnobProps {
  readonly knob: Knob;
  readonly value: unknown;
  readonly suggested: unknown;
  readonly changed: boolean;
  onSet(value: unknown): void;
}

function KnobField({ knob, value, suggested, changed, onSet }: KnobProps) {
  const label = words.knobs.labels[knob.knob][1];
  const hint = changed ? `${words.train.was(show(knob, suggested))}. ${knob.describe}` : knob.describe;
  if (knob.kind === 'choice' && knob.choices !== undefined) {
    return (
      <Field label={label} hint={hint} changed={changed}>
        <select className="input" value={String(value ?? '')} onChange={(event) => onSet(event.target.value)}>
          {knob.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      </Field>
    );
  }
  if (knob.kind === 'layers') {
    const on = Array.isArray(value) ? (value as string[]) : [];
    return (
      <fieldset className="field layers">
        <legend>{label}</legend>
        <span className="row wrap">
          {linearNames.map((name) => (
            <label key={name} className="row small">
              <input
                type="checkbox"
                checked={on.includes(name)}
                onChange={() =>
                  onSet(
                    on.includes(name)
                      ? on.filter((other) => other !== name)
                      : linearNames.filter((other) => other === name || on.includes(other)),
                  )
                }
              />
              {name}
            </label>
          ))}
        </span>
        <small className={changed ? 'chg' : undefined}>{knob.describe}</small>
      </fieldset>
    );
  }
  return (
    <Field label={label} hint={hint} changed={changed}>
      <TextKnob key={show(knob, value)} knob={knob} text={show(knob, value)} onSet={onSet} />
    </Field>
  );
}

/** Takes what is typed when the field is left, if it can be read. */
function TextKnob({
  knob,
  text: initial,
  onSet,
}: {
  readonly knob: Knob;
  readonly text: string;
  onSet(value: unknown): void;
}) {
  const [text, setText] = useState(initial);
  const value = readKnob(knob, text);
  const take = (): void => {
    if (text !== initial && value !== null) onSet(value);
  };
  return (
    <input
      className="input"
      value={text}
      aria-invalid={value === null}
      inputMode={knob.kind === 'text' ? 'text' : 'decimal'}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === 'Enter' && take()}
    />
  );
}

/** Null where the text is no value of this knob; undefined gives it back to the preset. */
export function readKnob(knob: Pick<Knob, 'kind' | 'least' | 'most'>, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (knob.kind === 'text') return trimmed;
  if (knob.kind === 'threads' && trimmed === 'auto') return 'auto';
  const isPercent = knob.kind === 'share' && trimmed.endsWith('%');
  const number = Number(trimmed.replace(/%$/, '').replace(',', '.'));
  if (!Number.isFinite(number)) return null;
  const value = isPercent ? number / 100 : number;
  if ((knob.kind === 'whole' || knob.kind === 'threads') && !Number.isInteger(value)) return null;
  if ((knob.least !== undefined && value < knob.least) || (knob.most !== undefined && value > knob.most)) return null;
  return value;
}

function show(knob: Pick<Knob, 'kind'>, value: unknown): string {
  if (value === undefined) return '';
  if (knob.kind === 'share' && typeof value === 'number') return `${Number((value * 100).toFixed(2))}%`;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
