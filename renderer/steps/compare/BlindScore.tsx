import { Pencil } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { BlindResult } from '#common/contract/app/comparing.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Screen } from '../../ui/Screen.tsx';
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
  const lost = result.pairs.filter(({ chosen }) => chosen === 'base' || chosen === 'neither');
  return (
    <Screen
      title={words.compare.verdicts[result.verdict]}
      lede={result.words}
      aside={tabs}
      bar={
        <>
          {back}
          <span className="note" />
          <Button onClick={onAgain}>{words.compare.again}</Button>
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
              <p className="small dim">{words.compare.chanceWhy}</p>
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
              <span>{pair.prompt}</span>
              <Button small onClick={() => setFixing(pair)}>
                <Pencil className="icon" aria-hidden />
                {words.compare.fix}
              </Button>
            </div>
          ))}
        </section>
      </div>
      {fixing !== null && (
        <FixDialog run={run} prompt={fixing.prompt} answer={fixing.tuned} onClose={() => setFixing(null)} />
      )}
    </Screen>
  );
}

/** `3 in 100`, `1 in 1000`. */
export function chanceOf(pValue: number): string {
  if (pValue >= 0.01) return `${Math.round(pValue * 100)} in 100`;
  return pValue >= 0.0005 ? `${Math.round(pValue * 1000)} in 1000` : 'under 1 in 1000';
}
