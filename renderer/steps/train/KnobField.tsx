import { RotateCcw } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import type { Knob } from '#common/contract/app/training.ts';
import { linearNames } from '#common/domain/recipe.ts';
import { words } from '../../copy/index.ts';

interface KnobProps {
  readonly knob: Knob;
  readonly value: unknown;
  readonly suggested: unknown;
  readonly changed: boolean;
  /** What follows from the value, in the place of the help. */
  readonly note: string | null;
  onSet(value: unknown): void;
}

/** One setting: its name, its control, one line of help; what it was and the way back where it was changed. */
export function KnobField({ knob, value, suggested, changed, note, onSet }: KnobProps) {
  const [, label, help] = words.knobs.labels[knob.knob];
  const id = useId();
  const described = `${id}-help`;
  const foot = (
    <small id={described} className={changed ? 'chg row' : undefined}>
      {changed ? (
        <>
          <span>{words.train.was(show(knob, suggested))}</span>
          <button
            type="button"
            className="reset-one"
            aria-label={words.knobs.resetOne(label)}
            onClick={() => onSet(undefined)}
          >
            <RotateCcw className="icon" aria-hidden />
          </button>
        </>
      ) : (
        (note ?? help)
      )}
    </small>
  );
  if (knob.kind === 'layers') return <Layers {...{ label, value, foot, onSet }} />;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {knob.kind === 'choice' && knob.choices !== undefined ? (
        <select
          id={id}
          className="input"
          aria-describedby={described}
          value={String(value ?? '')}
          onChange={(event) => onSet(event.target.value)}
        >
          {knob.choices.map((choice) => (
            <option key={choice} value={choice}>
              {words.knobs.choices[choice] ?? choice}
            </option>
          ))}
        </select>
      ) : (
        <TextKnob {...{ id, described, knob, onSet }} text={show(knob, value)} />
      )}
      {foot}
    </div>
  );
}

function Layers({
  label,
  value,
  foot,
  onSet,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly foot: ReactNode;
  onSet(value: unknown): void;
}) {
  const on = Array.isArray(value) ? (value as string[]) : [];
  const toggled = (name: string): string[] =>
    on.includes(name)
      ? on.filter((other) => other !== name)
      : linearNames.filter((other) => other === name || on.includes(other));
  return (
    <fieldset className="field layers">
      <legend>{label}</legend>
      <div className="row wrap">
        {linearNames.map((name) => (
          <label key={name} className="row small">
            <input
              type="checkbox"
              checked={on.includes(name)}
              // One layer at least has to learn.
              disabled={on.length === 1 && on.includes(name)}
              onChange={() => onSet(toggled(name))}
            />
            {name}
          </label>
        ))}
      </div>
      {foot}
    </fieldset>
  );
}

interface TextProps {
  readonly id: string;
  readonly described: string;
  readonly knob: Knob;
  readonly text: string;
  onSet(value: unknown): void;
}

/** Takes what is typed when the field is left, if it can be read. A suggestion that arrives meanwhile does not disturb it. */
function TextKnob({ id, described, knob, text: given, onSet }: TextProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? given;
  const value = readKnob(knob, text);
  const take = (): void => {
    if (typed === null || value === null) return;
    setTyped(null);
    if (typed !== given) onSet(value);
  };
  return (
    <>
      <input
        id={id}
        className="input"
        value={text}
        aria-invalid={value === null}
        aria-describedby={value === null ? `${described}-bad` : described}
        inputMode={knob.kind === 'text' ? 'text' : 'decimal'}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === 'Enter' && take()}
      />
      {value === null && (
        <small id={`${described}-bad`} className="bad" role="alert">
          {expected(knob)}
        </small>
      )}
    </>
  );
}

/** What the field takes, in words. */
function expected(knob: Knob): string {
  const { least, most } = knob;
  if (least !== undefined && most !== undefined) return words.knobs.range(show(knob, least), show(knob, most));
  if (least !== undefined && least > 0) return words.knobs.atLeast(show(knob, least));
  return knob.kind === 'whole' ? words.knobs.whole : words.knobs.unreadable;
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
  if (knob.kind === 'choice') return words.knobs.choices[String(value)] ?? String(value);
  return Array.isArray(value) ? value.join(', ') : String(value);
}
