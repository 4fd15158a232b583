import { Check, X } from 'lucide-react';
import { useState } from 'react';
import type { RunDetail } from '#common/contract/app/runs.ts';
import { words } from '../copy/index.ts';
import { AnswerText } from '../ui/AnswerText.tsx';
import { Button } from '../ui/Button.tsx';

/** What the kept version answered to the questions of the training's checks. */
export function SampleAnswers({ samples }: { readonly samples: RunDetail['samples'] }) {
  return (
    <section className="card" aria-labelledby="samples">
      <div className="card-head">
        <h2 id="samples">{words.runs.samples}</h2>
      </div>
      {samples.map(({ prompt, answer, expected, passed }, index) => (
        <div key={index} className="sample">
          <p className="strong">{prompt}</p>
          <div className="row start">
            {passed !== undefined && (
              <span className={`badge ${passed ? 'good' : 'warn'}`}>
                {passed ? <Check className="icon" aria-hidden /> : <X className="icon" aria-hidden />}
                {passed ? words.runs.sampleRight : words.runs.sampleWrong}
              </span>
            )}
            <AnswerText text={answer.trim() === '' ? words.compare.noWords : answer.trim()} />
          </div>
          {passed === false && expected !== undefined && (
            <div className="small dim">
              {words.runs.sampleExpected}
              <AnswerText text={expected} />
            </div>
          )}
        </div>
      ))}
    </section>
  );
}

/** Every setting, under the name that the screens give it where they name it. */
export function Recipe({ recipe }: { readonly recipe: RunDetail['recipe'] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" small aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? words.runs.recipeHide : words.runs.recipeShow}
      </Button>
      {open && (
        <dl className="facts left">
          {Object.entries(recipe)
            .filter(([knob]) => knob !== 'check' && knob !== 'preset')
            .map(([knob, value]) => (
              <Knob
                key={knob}
                name={knobName(knob)}
                value={typeof value === 'string' ? value : JSON.stringify(value)}
              />
            ))}
        </dl>
      )}
    </>
  );
}

function Knob({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

export function knobName(knob: string): string {
  return words.knobs.labels[knob as keyof typeof words.knobs.labels]?.[1] ?? knob;
}
