import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { RunDetail, RunDifference } from '#common/contract/app/runs.ts';
import { words } from '../copy/index.ts';
import { AnswerText } from '../ui/AnswerText.tsx';
import { Button } from '../ui/Button.tsx';
import { bytes, count, duration, loss, percent, print, when } from '../ui/format.ts';
import { knobName } from './RunParts.tsx';

interface Props {
  readonly difference: RunDifference;
  readonly earlier: RunDetail;
  readonly later: RunDetail;
}

interface Row {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly change?: string;
}

/** Both runs line by line: how they came out, what went in, and every setting that differs. */
export function Differences({ difference, earlier, later }: Props) {
  const [only, setOnly] = useState(false);
  const rows = [...outcomes(difference, earlier, later), ...settings(difference)];
  const shown = only ? rows.filter(({ a, b }) => a !== b) : rows;
  return (
    <section className="card" aria-label={words.runs.differences}>
      <table className="table cmp">
        <thead>
          <tr>
            <th scope="col">
              <label className="row">
                <input type="checkbox" checked={only} onChange={() => setOnly(!only)} />
                {words.runs.differencesOnly}
              </label>
            </th>
            <th scope="col">
              <span className="badge base">{words.runs.earlier}</span>
              <div className="runname" title={earlier.title}>
                {earlier.title}
              </div>
            </th>
            <th scope="col">
              <span className="badge tuned">{words.runs.later}</span>
              <div className="runname" title={later.title}>
                {later.title}
              </div>
            </th>
            <th scope="col">{words.runs.change}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, a, b, change }) => (
            <tr key={name} className={a === b ? 'same' : undefined}>
              <th scope="row">{name}</th>
              <td>{a}</td>
              <td>{b}</td>
              <td className="small dim">{a === b ? '' : (change ?? '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {difference.recipe.length === 0 && <p className="pad small dim">{words.runs.none}</p>}
    </section>
  );
}

function outcomes({ a, b }: RunDifference, earlier: RunDetail, later: RunDetail): readonly Row[] {
  const of = words.runs.outcome;
  const facts = words.runs.facts;
  const right = (side: RunDifference['a']): string =>
    side.answers === null ? '–' : words.runs.passedOf(side.answers.passed, side.answers.of);
  const lossOf = (side: RunDifference['a']): string =>
    side.lowestHeldOutLoss === null ? '–' : loss(side.lowestHeldOutLoss);
  const accuracy = (side: RunDifference['a']): string =>
    side.bestTokenAccuracy === null ? '–' : percent(side.bestTokenAccuracy);
  const kept = ({ state }: RunDetail): string => {
    const { progress } = state;
    return progress?.trained == null ? '–' : words.runs.ofUpdates(progress.trained.keptUpdate, progress.totalUpdates);
  };
  const disk = (run: RunDetail): number =>
    run.artifacts.filter(({ exists }) => exists).reduce((sum, artifact) => sum + artifact.bytes, 0);
  const named = ({ installed }: RunDetail): string =>
    installed.map(({ name }) => name.replace(/:latest$/, '')).join(', ') || '–';
  return [
    { name: of.answers, a: right(a), b: right(b) },
    { name: of.loss, a: lossOf(a), b: lossOf(b), ...relative(a.lowestHeldOutLoss, b.lowestHeldOutLoss) },
    { name: of.accuracy, a: accuracy(a), b: accuracy(b) },
    {
      name: facts.data,
      a: count(earlier.dataset.examples),
      b: count(later.dataset.examples),
      ...moreOf(earlier.dataset.examples, later.dataset.examples),
    },
    { name: facts.dataPrint, a: print(earlier.dataset.sha256), b: print(later.dataset.sha256) },
    { name: facts.base, a: earlier.base.title, b: later.base.title },
    { name: facts.preset, a: presetName(earlier), b: presetName(later) },
    { name: of.kept, a: kept(earlier), b: kept(later) },
    { name: of.time, a: duration(a.trainingMs / 1000), b: duration(b.trainingMs / 1000) },
    { name: of.seed, a: String(earlier.seed), b: String(later.seed) },
    { name: of.installed, a: named(earlier), b: named(later) },
    { name: of.disk, a: bytes(disk(earlier)), b: bytes(disk(later)) },
    { name: facts.created, a: when(earlier.createdAt), b: when(later.createdAt) },
  ];
}

function settings({ recipe }: RunDifference): readonly Row[] {
  return recipe
    .filter(({ knob }) => knob !== 'preset' && knob !== 'seed')
    .map(({ knob, a, b }) => ({ name: knobName(knob), a: a ?? words.runs.notSet, b: b ?? words.runs.notSet }));
}

function presetName({ recipe }: RunDetail): string {
  return words.train.presets[recipe.preset as 'quick']?.[0] ?? recipe.preset;
}

function relative(a: number | null, b: number | null): { readonly change?: string } {
  if (a === null || b === null || a === 0) return {};
  const share = Math.abs(b - a) / a;
  return { change: b < a ? words.runs.lower(percent(share)) : words.runs.higher(percent(share)) };
}

function moreOf(a: number, b: number): { readonly change: string } {
  return { change: b > a ? words.runs.moreOf(count(b - a)) : words.runs.fewerOf(count(a - b)) };
}

/** Questions that both were asked at their checks, and answered differently. */
export function DifferingAnswers({ earlier, later }: Omit<Props, 'difference'>) {
  const [at, setAt] = useState(0);
  const before = new Map(earlier.samples.map((sample) => [sample.prompt, sample]));
  const pairs = later.samples.flatMap((sample) => {
    const other = before.get(sample.prompt);
    return other === undefined || other.answer === sample.answer ? [] : [{ earlier: other, later: sample }];
  });
  const pair = pairs[Math.min(at, pairs.length - 1)];
  const step = (by: number): void => setAt((now) => (now + by + pairs.length) % pairs.length);
  return (
    <section className="card" aria-labelledby="differing">
      <div className="card-head">
        <h2 id="differing" className="ellipsis">
          {pair === undefined ? words.runs.differentAnswers : `“${pair.later.prompt}”`}
        </h2>
        {pair !== undefined && (
          <span className="push row nowrap">
            <span className="small dim" role="status">
              {words.runs.differing(Math.min(at, pairs.length - 1) + 1, pairs.length)}
            </span>
            <Button look="quiet" small iconOnly aria-label={words.runs.previousQuestion} onClick={() => step(-1)}>
              <ChevronLeft className="icon" aria-hidden />
            </Button>
            <Button look="quiet" small iconOnly aria-label={words.runs.nextQuestion} onClick={() => step(1)}>
              <ChevronRight className="icon" aria-hidden />
            </Button>
          </span>
        )}
      </div>
      {pair === undefined ? (
        <p className="pad small dim">{words.runs.noDifferingAnswers}</p>
      ) : (
        (['earlier', 'later'] as const).map((side) => (
          <div key={side} className="sample">
            <div className="row between">
              <span className={`badge ${side === 'earlier' ? 'base' : 'tuned'}`}>{words.runs[side]}</span>
              {pair[side].passed !== undefined && (
                <span className="small dim">
                  {pair[side].passed === true ? words.runs.sampleRight : words.runs.sampleWrong}
                </span>
              )}
            </div>
            <AnswerText text={pair[side].answer.trim() === '' ? words.compare.noWords : pair[side].answer.trim()} />
          </div>
        ))
      )}
    </section>
  );
}
