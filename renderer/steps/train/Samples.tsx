import { Check, ChevronLeft, ChevronRight, Minus } from 'lucide-react';
import { memo, useState } from 'react';
import { words } from '../../copy/index.ts';
import type { TrainingView } from '../../state/training.ts';
import { Button } from '../../ui/Button.tsx';

type Sample = TrainingView['samples'][number];

/** One question at a time: how the answer to it grew. */
export const Samples = memo(function Samples({ samples }: { readonly samples: readonly Sample[] }) {
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const groups = [...Map.groupBy(samples, ({ prompt }) => prompt)];
  const index = Math.min(at, groups.length - 1);
  const group = groups[index];
  if (group === undefined) return <p className="small faint notices">{words.train.noSamples}</p>;
  const [prompt, all] = group;
  const shown = pickThree(all, chosen);
  const turn = (to: number): void => {
    setAt(to);
    setChosen(null);
  };
  return (
    <section className="card samples-card" aria-labelledby="samples">
      <div className="card-head">
        <h2 id="samples" className="ellipsis" title={prompt}>
          “{prompt}”
        </h2>
        <span className="push row small dim nowrap">
          {words.train.sampleOf(index + 1, groups.length)}
          <Button
            look="quiet"
            small
            iconOnly
            aria-label={words.train.previousQuestion}
            disabled={index === 0}
            onClick={() => turn(index - 1)}
          >
            <ChevronLeft className="icon" aria-hidden />
          </Button>
          <Button
            look="quiet"
            small
            iconOnly
            aria-label={words.train.nextQuestion}
            disabled={index >= groups.length - 1}
            onClick={() => turn(index + 1)}
          >
            <ChevronRight className="icon" aria-hidden />
          </Button>
        </span>
      </div>
      {all.length > 3 && <Timeline all={all} shown={shown} onChoose={setChosen} />}
      <div className={`samples of${shown.length}`}>
        {shown.map((sample, position) => (
          <Answer key={sample.update} sample={sample} isNewest={position === shown.length - 1 && sample.update > 0} />
        ))}
      </div>
      {all.at(-1)?.expected !== undefined && (
        <details className="small pad">
          <summary className="faint">{words.train.expected}</summary>
          <pre className="mono expected">{all.at(-1)?.expected}</pre>
        </details>
      )}
    </section>
  );
});

interface TimelineProps {
  readonly all: readonly Sample[];
  readonly shown: readonly Sample[];
  onChoose(update: number): void;
}

/** Every check of this question; the chosen one stands between the first answer and the newest. */
function Timeline({ all, shown, onChoose }: TimelineProps) {
  return (
    <ol className="timeline" aria-label={words.train.timeline}>
      {thinned(all, shown).map(({ update, passed }) => {
        const name = nameOf(update);
        return (
          <li key={update}>
            <button
              type="button"
              aria-label={words.train.showAt(name)}
              aria-pressed={shown.some((each) => each.update === update)}
              onClick={() => onChoose(update)}
            >
              {passed === true && <Check className="icon" aria-hidden />}
              {passed === false && <Minus className="icon" aria-hidden />}
              {update === 0 ? name : update}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function Answer({ sample, isNewest }: { readonly sample: Sample; readonly isNewest: boolean }) {
  const look = sample.update === 0 ? 'base' : isNewest ? 'tuned' : '';
  return (
    <div className={`samp ${isNewest ? 'new' : ''}`}>
      <div className="row">
        <span className={`badge ${look}`}>{nameOf(sample.update)}</span>
        <span className="tiny faint push">{verdictOf(sample)}</span>
      </div>
      <pre tabIndex={0} aria-label={nameOf(sample.update)}>
        {sample.answer}
      </pre>
    </div>
  );
}

function nameOf(update: number): string {
  return update === 0 ? words.train.before : words.train.atUpdate(update);
}

function verdictOf({ stopped, passed }: Sample): string {
  if (!stopped) return words.train.rambles;
  if (passed === undefined) return '';
  return passed ? words.train.isRight : words.train.isWrong;
}

const mostMarks = 12;

/** As many as stand in a line, evenly; what is shown is always among them. */
function thinned(all: readonly Sample[], shown: readonly Sample[]): readonly Sample[] {
  const every = Math.ceil(all.length / mostMarks);
  return all.filter((sample, index) => index % every === 0 || shown.includes(sample));
}

/** The first, the chosen one (or one from the middle) and the newest. */
export function pickThree<T extends { readonly update: number }>(
  all: readonly T[],
  chosen: number | null,
): readonly T[] {
  const [first, last] = [all[0], all.at(-1)];
  if (all.length <= 3 || first === undefined || last === undefined) return all;
  const inner = all.slice(1, -1);
  const middle = inner.find(({ update }) => update === chosen) ?? inner[Math.floor((inner.length - 1) / 2)];
  return middle === undefined ? [first, last] : [first, middle, last];
}
