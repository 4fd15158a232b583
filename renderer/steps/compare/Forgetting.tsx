import { Check, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ComparingState, ForgettingResult } from '#common/contract/app/comparing.ts';
import type { Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { openDraft, useDraft } from '../../state/draft.ts';
import { go } from '../../state/route.ts';
import { say } from '../../state/toasts.ts';
import { AnswerText } from '../../ui/AnswerText.tsx';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { useAction } from '../../ui/hooks.ts';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { Working } from './Working.tsx';

interface Props {
  readonly run: string;
  readonly tabs: ReactNode;
  readonly state: ComparingState | null;
  readonly unreachable: Failure | null;
}

/** General questions to both sides: what did the practising cost? */
export function Forgetting({ run, tabs, state, unreachable }: Props) {
  const draft = useDraft((each) => each.draft)!;
  const action = useAction();
  const work = state?.work ?? null;
  const result = state?.forgetting ?? null;
  const begin = (): void => void action.run(() => api.comparing.checkForgetting({ run }));
  const shown = work === null ? result : null;
  return (
    <Screen
      title={shown === null ? words.compare.forgettingTitle : words.compare.forgettingVerdicts[shown.verdict]}
      lede={shown === null ? words.compare.forgettingLede : words.compare.forgettingResult(shown)}
      aside={tabs}
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'install' }} label={words.steps.install} />
          <span className="note" />
          {work !== null ? (
            <Button onClick={() => void action.run(() => api.comparing.cancel({ run }))}>{words.compare.cancel}</Button>
          ) : result === null ? (
            <NextButton
              label={words.compare.forgettingBegin}
              busy={action.busy}
              disabled={state === null}
              onClick={begin}
            />
          ) : (
            <Button busy={action.busy} onClick={begin}>
              {words.compare.forgettingAgain}
            </Button>
          )}
        </>
      }
    >
      <FailureCallout
        failure={unreachable ?? action.failure ?? (work === null ? (state?.failure ?? null) : null)}
        {...(work === null && state?.failure !== undefined && state.failure !== null ? { again: begin } : {})}
      />
      {work !== null && <Working work={work} />}
      {shown !== null && <Result run={run} result={shown} />}
    </Screen>
  );
}

function Result({ run, result }: { readonly run: string; readonly result: ForgettingResult }) {
  const draft = useDraft((state) => state.draft)!;
  const action = useAction();
  const [kept, setKept] = useState(false);
  const keepAll = (): void =>
    void action.run(async () => {
      for (const { prompt, base } of result.lost) {
        await api.comparing.fix({ run, draft: draft.id, prompt, answer: base });
      }
      await openDraft(draft.id);
      setKept(true);
      say(words.compare.keptThese(result.lost.length), {
        label: words.compare.fixOpen,
        run: () => go({ screen: 'wizard', draft: draft.id, step: 'examples' }),
      });
    });
  const answered = result.lost.filter(({ base }) => base.trim() !== '');
  return (
    <div className="two">
      <section className="card" aria-labelledby="kinds">
        <h2 id="kinds" className="sr">
          {words.compare.kind}
        </h2>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{words.compare.kind}</th>
              <th scope="col" className="num">
                {words.compare.before}
              </th>
              <th scope="col" className="num">
                {words.compare.after}
              </th>
              <th scope="col">{words.compare.result}</th>
            </tr>
          </thead>
          <tbody>
            {result.kinds.map(({ kind, before, after, of }) => (
              <tr key={kind}>
                <th scope="row">{words.compare.kinds[kind]}</th>
                <td className="num">{words.compare.rightOf(before, of)}</td>
                <td className="num">{words.compare.rightOf(after, of)}</td>
                <td>
                  {after < before ? (
                    <span className="badge warn">
                      <TriangleAlert className="icon" aria-hidden />
                      {words.compare.fewer(before - after)}
                    </span>
                  ) : (
                    <span className="badge good">
                      <Check className="icon" aria-hidden />
                      {after === before ? words.compare.asBefore : words.compare.moreRight(after - before)}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="pad ruled-top">
          <Callout kind={result.verdict === 'forgot' || result.verdict === 'perhaps' ? 'warn' : 'info'}>
            {words.compare.forgettingNext[result.verdict]}
          </Callout>
        </div>
      </section>
      {result.lost.length > 0 && (
        <section className="card" aria-labelledby="worse">
          <div className="card-head">
            <h2 id="worse">{words.compare.worse(result.lost.length)}</h2>
          </div>
          {result.lost.map(({ prompt, base, tuned }) => (
            <div key={prompt} className="worse">
              <p className="strong">{prompt}</p>
              <span className="badge base">{words.compare.before}</span>
              <AnswerText text={base.trim()} />
              <span className="badge tuned">{words.compare.after}</span>
              <AnswerText text={tuned.trim() === '' ? words.compare.noWords : tuned.trim()} />
            </div>
          ))}
          <div className="pad ruled-top stack">
            <FailureCallout failure={action.failure} />
            <div>
              <Button busy={action.busy} disabled={kept || answered.length === 0} onClick={keepAll}>
                {words.compare.keepThese}
              </Button>
            </div>
          </div>
        </section>
      )}
    </div>
  );
}
