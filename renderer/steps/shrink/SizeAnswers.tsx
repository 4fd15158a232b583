import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { quantTypes, type QuantType } from '#common/contract/engine.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { useAnswer } from '../../ui/hooks.ts';

/** The same held-out question, answered by each measured size. `measured` changes with every new measurement. */
export function SizeAnswers({ run, measured }: { readonly run: string; readonly measured: string }) {
  const [at, setAt] = useState<number | null>(null);
  const { value } = useAnswer((signal) => api.shrinking.answers({ run }, signal), `${run}.${measured}`);
  if (value === null || value.length === 0) return null;
  // A question that the sizes answer differently says most.
  const telling = value.findIndex(({ answers }) => new Set(answers.map(({ answer }) => answer)).size > 1);
  const index = Math.min(at ?? Math.max(0, telling), value.length - 1);
  const { prompt, expected, answers } = value[index]!;
  const whole = answers.find(({ subject }) => subject === 'adapter')?.answer;
  const order = ['adapter', ...quantTypes];
  const sorted = answers.toSorted((a, b) => order.indexOf(a.subject) - order.indexOf(b.subject));
  return (
    <section className="card" aria-labelledby="size-answers">
      <div className="card-head">
        <h2 id="size-answers" className="ellipsis" title={prompt}>
          “{prompt}”
        </h2>
        <span className="push row small dim nowrap">
          {words.shrink.questionOf(index + 1, value.length)}
          <Button
            look="quiet"
            small
            iconOnly
            aria-label={words.train.previousQuestion}
            disabled={index === 0}
            onClick={() => setAt(index - 1)}
          >
            <ChevronLeft className="icon" aria-hidden />
          </Button>
          <Button
            look="quiet"
            small
            iconOnly
            aria-label={words.train.nextQuestion}
            disabled={index >= value.length - 1}
            onClick={() => setAt(index + 1)}
          >
            <ChevronRight className="icon" aria-hidden />
          </Button>
        </span>
      </div>
      <div className="samples sizes-of">
        {sorted.map(({ subject, answer, passed, stopped }) => (
          <div key={subject} className="samp">
            <div className="row">
              <span className="badge">{nameOf(subject)}</span>
              <span className="tiny faint push">
                {!stopped
                  ? words.train.rambles
                  : passed
                    ? words.train.isRight
                    : answer === whole
                      ? words.shrink.sameAsWhole
                      : words.shrink.notRight}
              </span>
            </div>
            <pre tabIndex={0}>{answer}</pre>
          </div>
        ))}
      </div>
      <details className="small pad">
        <summary className="faint">{words.train.expected}</summary>
        <pre className="mono expected">{expected}</pre>
      </details>
    </section>
  );
}

function nameOf(subject: string): string {
  return subject === 'adapter' ? words.shrink.whole : words.shrink.names[subject as QuantType][1];
}
