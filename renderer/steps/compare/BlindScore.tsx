import { Pencil } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { BlindResult } from '#common/contract/app/comparing.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { useAnswer } from '../../ui/hooks.ts';
import { NextButton, Screen } from '../../ui/Screen.tsx';
import { FixDialog } from './FixDialog.tsx';

interface Props {
  readonly run: string;
  readonly result: BlindResult;
  readonly tabs: ReactNode;
  readonly back: ReactNode;
  onAgain(): void;
}

export function BlindScore({ run, result, tabs, back, onAgain }: Props) {
  const [fixing, setFixing] = useState<BlindResult['pairs'][number] | null>(null);
  const questions = useAnswer((signal) => api.comparing.questions({ run, limit: 500 }, signal), run);
  const draft = useDraft((state) => state.draft);
  const lost = result.pairs.filter(({ chosen }) => chosen === 'base' || chosen === 'neither');
  return (
    <Screen
      title={words.compare.verdicts[result.verdict]}
      lede={words.compare.scoreLede(result)}
      aside={tabs}
      bar={
        <>
          {back}
          <span className="note" />
          <Button onClick={onAgain}>{words.compare.again}</Button>
          {draft !== null && (
            <NextButton label={words.compare.trainAgain} to={{ screen: 'wizard', draft: draft.id, step: 'train' }} />
          )}
        </>
      }
    >
      <div className="two">
        <section className="card" aria-labelledby="score">
          <div className="pad">
            <h2 id="score">{words.compare.choices(result.tuned + result.base)}</h2>
            <div className="ppl" role="img" aria-label={words.compare.score(result.tuned, result.base)}>
              {Array.from({ length: result.tuned }, (_, index) => (
                <i key={`t${index}`} className="t" />
              ))}
              {Array.from({ length: result.base }, (_, index) => (
                <i key={`b${index}`} className="b" />
              ))}
            </div>
            <div className="lg">
              <span className="tuned-ink">{words.compare.afterCount(result.tuned)}</span>
              <span className="dim">{words.compare.ties(result.ties)}</span>
              <span className="base-ink">{words.compare.beforeCount(result.base)}</span>
            </div>
          </div>
          {result.verdict !== 'nothing-chosen' && (
            <div className="chance">
              <span className="bign">{chanceOf(result.pValue)}</span>
              <p className="small dim">
                {words.compare.chanceWhy(words.compare.often(Math.round(result.pValue * 100)))}{' '}
                <b className="strong">{words.compare.meaning[result.verdict]}</b>
              </p>
            </div>
          )}
        </section>
        <section className="card" aria-labelledby="lost">
          <div className="card-head">
            <h2 id="lost">{words.compare.lost(lost.length)}</h2>
            {lost.length > 0 && <span className="push small dim">{words.compare.lostWhy}</span>}
          </div>
          {lost.length === 0 && <p className="pad small dim">{words.compare.nothingLost}</p>}
          {lost.map((pair) => (
            <div key={pair.prompt} className="fix">
              <div>
                <p>{pair.prompt}</p>
                <p className="small dim clip2">{pair.tuned.trim() === '' ? words.compare.noWords : pair.tuned}</p>
              </div>
              <Button small onClick={() => setFixing(pair)}>
                <Pencil className="icon" aria-hidden />
                {words.compare.fixShort}
              </Button>
            </div>
          ))}
        </section>
      </div>
      {fixing !== null && (
        <FixDialog
          run={run}
          prompt={fixing.prompt}
          answer={fixing.tuned}
          expected={questions.value?.find(({ prompt }) => prompt === fixing.prompt)?.expected}
          onClose={() => setFixing(null)}
        />
      )}
    </Screen>
  );
}

/** `3 in 100`, `1 in 1000`. */
export function chanceOf(pValue: number): string {
  if (pValue >= 0.01) return `${Math.round(pValue * 100)} in 100`;
  return pValue >= 0.0005 ? `${Math.round(pValue * 1000)} in 1000` : 'under 1 in 1000';
}
