import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { words } from '../../copy/index.ts';
import type { TrainingView } from '../../state/training.ts';
import { Button } from '../../ui/Button.tsx';

type Sample = TrainingView['samples'][number];

/** One question at a time: how the answer to it grew. */
export function Samples({ samples }: { readonly samples: readonly Sample[] }) {
  const [at, setAt] = useState(0);
  const groups = [...Map.groupBy(samples, ({ prompt }) => prompt)];
  const group = groups[Math.min(at, groups.length - 1)];
  if (group === undefined) return <p className="small faint notices">{words.train.noSamples}</p>;
  const [prompt, all] = group;
  const shown = pickThree(all);
  return (
    <section className="card samples-card" aria-labelledby="samples">
      <div className="card-head">
        <h2 id="samples" className="ellipsis">
          “{prompt}”
        </h2>
        <span className="push row small dim nowrap">
          {words.train.sampleOf(Math.min(at, groups.length - 1) + 1, groups.length)}
          <Button
            look="quiet"
            small
            iconOnly
            aria-label={words.train.previousQuestion}
            disabled={at === 0}
            onClick={() => setAt(at - 1)}
          >
            <ChevronLeft className="icon" aria-hidden />
          </Button>
          <Button
            look="quiet"
            small
            iconOnly
            aria-label={words.train.nextQuestion}
            disabled={at >= groups.length - 1}
            onClick={() => setAt(at + 1)}
          >
            <ChevronRight className="icon" aria-hidden />
          </Button>
        </span>
      </div>
      <div className={`samples of${shown.length}`}>
        {shown.map((sample, index) => {
          const isLast = index === shown.length - 1 && sample.update > 0;
          return (
            <div key={sample.update} className={`samp ${isLast ? 'new' : ''}`}>
              <div className="row">
                <span className={`badge ${sample.update === 0 ? 'base' : isLast ? 'tuned' : ''}`}>
                  {sample.update === 0 ? words.train.before : words.train.atUpdate(sample.update)}
                </span>
                <span className="tiny faint push">
                  {!sample.stopped
                    ? words.train.rambles
                    : sample.passed === undefined
                      ? ''
                      : sample.passed
                        ? words.train.isRight
                        : words.train.isWrong}
                </span>
              </div>
              <pre tabIndex={0}>{sample.answer}</pre>
            </div>
          );
        })}
      </div>
      {all.at(-1)?.expected !== undefined && (
        <details className="small pad">
          <summary className="faint">{words.train.expected}</summary>
          <pre className="mono">{all.at(-1)?.expected}</pre>
        </details>
      )}
    </section>
  );
}

/** The first, one from the middle and the newest. */
export function pickThree<T>(all: readonly T[]): readonly T[] {
  if (all.length <= 3) return all;
  return [all[0]!, all[Math.floor((all.length - 1) / 2)]!, all.at(-1)!];
}
