import { useState } from 'react';
import type { ShrinkChoice, ShrinkState } from '#common/contract/app/shrinking.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { api } from '../../api/client.ts';
import { chooseNatively } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { FilePicker } from '../../ui/FilePicker.tsx';
import { bytes, loss } from '../../ui/format.ts';
import { useAction, useStream } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { NotYet } from '../Wizard.tsx';

export function ShrinkStep() {
  const draft = useDraft((state) => state.draft)!;
  return draft.run === null ? <NotYet step="shrink" why={words.stepWords.locked} /> : <Sizes run={draft.run} />;
}

function Sizes({ run }: { readonly run: string }) {
  const draft = useDraft((state) => state.draft)!;
  const { value: state, failure } = useStream((signal) => api.shrinking.watch({ run }, signal), run);
  const [ticked, setTicked] = useState<readonly QuantType[] | null>(null);
  const [saving, setSaving] = useState(false);
  const work = useAction();
  const chosen = draft.quant ?? state?.recommended ?? null;
  const toMake = ticked ?? (state === null ? [] : [state.recommended]);
  const busy = state !== null && (state.work !== null || state.waiting.length > 0);
  const chosenMade = state?.choices.find(({ quant }) => quant === chosen)?.made ?? null;
  const save = (folder: string): void => {
    setSaving(false);
    if (chosen === null) return;
    void work.run(async () =>
      say(words.shrink.saved((await api.shrinking.saveAs({ run, quant: chosen, folder })).path)),
    );
  };
  const saveAs = async (): Promise<void> => {
    const paths = await chooseNatively('folder');
    if (paths === null) setSaving(true);
    else if (paths[0] !== undefined) save(paths[0]);
  };
  return (
    <Screen
      title={words.shrink.title}
      lede={words.shrink.lede}
      bar={
        <>
          <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'train' }} label={words.steps.train} />
          {busy ? (
            <Button look="quiet" onClick={() => void work.run(() => api.shrinking.cancel({ run }))}>
              {words.shrink.stop}
            </Button>
          ) : (
            chosenMade !== null && (
              <Button look="quiet" busy={work.busy} onClick={() => void saveAs()}>
                {words.shrink.saveAs}
              </Button>
            )
          )}
          <span className="note">{words.shrink.note}</span>
          <NextButton
            label={words.shrink.next}
            disabled={chosen === null}
            onClick={() => {
              if (draft.quant === null && chosen !== null) void saveDraft({ quant: chosen });
            }}
            to={{ screen: 'wizard', draft: draft.id, step: 'install' }}
          />
        </>
      }
    >
      <div className="stack gap14">
        <FailureCallout failure={failure ?? work.failure ?? state?.failure ?? null} />
        {state === null ? (
          failure === null && <Meter label={words.ui.loading} value={null} />
        ) : (
          <>
            <Callout kind="good" title={`${words.shrink.suggested}: ${state.recommended}.`}>
              {state.why}
            </Callout>
            <section className="card" aria-label={words.shrink.region}>
              <SizeTable
                state={state}
                chosen={chosen}
                toMake={toMake}
                onChoose={(quant) => void saveDraft({ quant })}
                onTick={(quant) =>
                  setTicked(toMake.includes(quant) ? toMake.filter((other) => other !== quant) : [...toMake, quant])
                }
              />
              <div className="row pad ruled-top">
                {!state.canMeasure && <span className="small dim">{words.shrink.cannotMeasure}</span>}
                <Button
                  className="push"
                  disabled={busy || toMake.length === 0}
                  busy={work.busy}
                  onClick={() =>
                    void work.run(() => api.shrinking.start({ run, quants: [...toMake], measure: state.canMeasure }))
                  }
                >
                  {state.canMeasure ? words.shrink.make : words.shrink.makeOnly}
                </Button>
              </div>
            </section>
          </>
        )}
      </div>
      {saving && (
        <FilePicker title={words.shrink.saveWhere} pick="folder" onClose={() => setSaving(false)} onPick={save} />
      )}
    </Screen>
  );
}

interface TableProps {
  readonly state: ShrinkState;
  readonly chosen: QuantType | null;
  readonly toMake: readonly QuantType[];
  onChoose(quant: QuantType): void;
  onTick(quant: QuantType): void;
}

function SizeTable({ state, chosen, toMake, onChoose, onTick }: TableProps) {
  return (
    <table className="table sz">
      <thead>
        <tr>
          <th scope="col">
            <span className="sr">{words.shrink.choose}</span>
          </th>
          <th scope="col">{words.shrink.size}</th>
          <th scope="col" className="num">
            {words.shrink.disk}
          </th>
          <th scope="col">{words.shrink.right}</th>
          <th scope="col" className="num hide-narrow">
            {words.shrink.loss}
          </th>
          <th scope="col">{words.shrink.state}</th>
        </tr>
      </thead>
      <tbody>
        {state.whole !== null && (
          <tr>
            <td />
            <th scope="row" className="dim">
              {words.shrink.whole}
            </th>
            <td />
            <td>
              <Right passed={state.whole.passed} of={state.whole.of} />
            </td>
            <td className="num hide-narrow">{loss(state.whole.loss)}</td>
            <td />
          </tr>
        )}
        {state.choices.map((choice) => (
          <SizeRow
            key={choice.quant}
            choice={choice}
            state={state}
            chosen={choice.quant === chosen}
            ticked={toMake.includes(choice.quant)}
            onChoose={() => onChoose(choice.quant)}
            onTick={() => onTick(choice.quant)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly choice: ShrinkChoice;
  readonly state: ShrinkState;
  readonly chosen: boolean;
  readonly ticked: boolean;
  onChoose(): void;
  onTick(): void;
}

function SizeRow({ choice, state, chosen, ticked, onChoose, onTick }: RowProps) {
  const [name, precision] = words.shrink.names[choice.quant];
  const work = state.work?.quant === choice.quant ? state.work : null;
  const id = `quant-${choice.quant}`;
  return (
    <tr className={chosen ? 'sel' : undefined}>
      <td>
        <input type="radio" name="quant" id={id} checked={chosen} onChange={onChoose} />
      </td>
      <th scope="row">
        <label htmlFor={id}>{name}</label>{' '}
        <span className="tiny faint">{precision === choice.quant ? precision : `${precision}, ${choice.quant}`}</span>{' '}
        {state.recommended === choice.quant && <span className="badge good">{words.shrink.suggested}</span>}
      </th>
      <td className="num">
        {choice.made === null ? (
          <span className="dim">{words.shrink.estimate(bytes(choice.bytes))}</span>
        ) : (
          <b className="strong">{bytes(choice.bytes)}</b>
        )}
      </td>
      <td>
        <Right passed={choice.report?.passed} of={choice.report?.of} />
      </td>
      <td className="num hide-narrow">{choice.report === null ? '–' : loss(choice.report.loss)}</td>
      <td>
        {work !== null ? (
          <span className="row">
            <span className="w96">
              <Meter
                label={`${words.shrink[work.doing]} ${name}`}
                value={work.total === 0 ? null : (work.completed / work.total) * 100}
              />
            </span>
            <span className="small">{words.shrink[work.doing]}</span>
          </span>
        ) : state.waiting.includes(choice.quant) ? (
          <span className="small dim">{words.shrink.waiting}</span>
        ) : choice.report !== null ? (
          <span className="badge good">{words.shrink.measured}</span>
        ) : (
          <label className="row small dim">
            <input type="checkbox" checked={ticked} onChange={onTick} aria-label={words.shrink.pick(name)} />
            {choice.made === null ? words.shrink.notMade : words.shrink.made}
          </label>
        )}
      </td>
    </tr>
  );
}

function Right({ passed, of }: { readonly passed: number | undefined; readonly of: number | undefined }) {
  if (passed === undefined || of === undefined || of === 0) return <span className="faint">–</span>;
  return (
    <span className="row">
      <span className="w96">
        <Meter
          kind="picture"
          label={words.shrink.right}
          text={words.runs.passedOf(passed, of)}
          value={(passed / of) * 100}
        />
      </span>
      <span className="small nowrap">{words.runs.passedOf(passed, of)}</span>
    </span>
  );
}
