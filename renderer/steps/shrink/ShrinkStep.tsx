import { useState } from 'react';
import type { ShrinkChoice, ShrinkState } from '#common/contract/app/shrinking.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { assertNever } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { chooseNatively } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { useTraining } from '../../state/training.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureCallout } from '../../ui/Callout.tsx';
import { FilePicker } from '../../ui/FilePicker.tsx';
import { bytes, loss } from '../../ui/format.ts';
import { useAction, useStream } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { NotYet } from '../NotYet.tsx';
import { AllowProgram } from '../train/CheckChoice.tsx';
import { SizeAnswers } from './SizeAnswers.tsx';
import { SizeTable } from './SizeTable.tsx';

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
  const toMake = (ticked ?? (state === null ? [] : [state.recommended])).filter((quant) => isOpen(state, quant));
  const busy = state !== null && (state.work !== null || state.waiting.length > 0);
  const chosenMade = state?.choices.find(({ quant }) => quant === chosen)?.made ?? null;
  const make = (quants: readonly QuantType[]): void => {
    if (state === null || quants.length === 0) return;
    void work.run(async () => {
      await api.shrinking.start({ run, quants: [...quants], measure: state.canMeasure });
      setTicked(null);
    });
  };
  const remove = ({ quant }: ShrinkChoice): void =>
    void work.run(async () => {
      const { freedBytes } = await api.shrinking.remove({ run, quant });
      say(words.shrink.fileDeleted(words.shrink.names[quant][0], bytes(freedBytes)));
    });
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
      lede={state === null ? words.shrink.lede : ledeOf(state)}
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
        <Trouble run={run} failure={failure ?? work.failure ?? state?.failure ?? null} />
        {state === null ? (
          failure === null && <Meter label={words.ui.loading} value={null} />
        ) : (
          <>
            <section className="card" aria-label={words.shrink.region}>
              <SizeTable
                state={state}
                chosen={chosen}
                toMake={toMake}
                busy={busy}
                onChoose={(quant) => void saveDraft({ quant })}
                onTick={(quant) =>
                  setTicked(toMake.includes(quant) ? toMake.filter((other) => other !== quant) : [...toMake, quant])
                }
                onDelete={remove}
              />
              <MakeBar state={state} toMake={toMake} busy={busy || work.busy} onMake={make} />
            </section>
            <SizeAnswers run={run} measured={state.choices.map(({ report }) => (report === null ? 0 : 1)).join('')} />
          </>
        )}
      </div>
      <Progress state={state} />
      {saving && (
        <FilePicker title={words.shrink.saveWhere} pick="folder" onClose={() => setSaving(false)} onPick={save} />
      )}
    </Screen>
  );
}

/** Why it did not work; a program that was never allowed here is shown, and can be allowed. */
function Trouble({
  run,
  failure,
}: {
  readonly run: string;
  readonly failure: ReturnType<typeof useAction>['failure'];
}) {
  const check = useTraining(({ view }) => (view?.run === run ? view.recipe.check : null));
  return (
    <>
      <FailureCallout failure={failure} />
      {failure?.code === 'check-not-allowed' && check?.kind === 'command' && (
        <AllowProgram subject={run} check={check} />
      )}
    </>
  );
}

interface MakeProps {
  readonly state: ShrinkState;
  readonly toMake: readonly QuantType[];
  readonly busy: boolean;
  onMake(quants: readonly QuantType[]): void;
}

function MakeBar({ state, toMake, busy, onMake }: MakeProps) {
  const left = state.choices.filter(({ quant }) => isOpen(state, quant));
  if (left.length === 0) return null;
  const room = left.filter(({ made }) => made === null).reduce((sum, choice) => sum + choice.bytes, 0);
  // The suggested one first: it can be used while the others are still made.
  const all = left.map(({ quant }) => quant).toSorted((a, b) => first(state, b) - first(state, a));
  return (
    <div className="row pad ruled-top">
      <span className="small dim">{state.canMeasure ? words.shrink.whatHappens : words.shrink.cannotMeasure}</span>
      <Button
        look="quiet"
        className="push"
        disabled={busy}
        title={words.shrink.room(bytes(room))}
        onClick={() => onMake(all)}
      >
        {words.shrink.makeAll}
      </Button>
      <Button disabled={busy || toMake.length === 0} onClick={() => onMake(toMake)}>
        {state.canMeasure ? words.shrink.make : words.shrink.makeOnly}
      </Button>
    </div>
  );
}

/** Says each finished size, not each tick. */
function Progress({ state }: { readonly state: ShrinkState | null }) {
  const doing = state?.work ?? null;
  return (
    <p className="sr" role="status">
      {doing === null ? '' : `${words.shrink[doing.doing]} ${words.shrink.names[doing.quant][0]}`}
    </p>
  );
}

/** Still to be made, or made and still to be measured. */
function isOpen(state: ShrinkState | null, quant: QuantType): boolean {
  const choice = state?.choices.find((each) => each.quant === quant);
  return choice !== undefined && (choice.made === null || (state?.canMeasure === true && choice.report === null));
}

function first({ recommended }: ShrinkState, quant: QuantType): number {
  return quant === recommended ? 1 : 0;
}

/** The result first, then what it rests on. */
function ledeOf({ why, recommended }: ShrinkState): string {
  const [name, precision] = words.shrink.names[recommended];
  const size = words.shrink.called(name, precision);
  switch (why.kind) {
    case 'default':
      return `${words.shrink.lede} ${words.shrink.byDefault(size)}`;
    case 'answers':
      return why.passed >= why.best * 0.95
        ? words.shrink.keeps(size, words.runs.passedOf(why.passed, why.of), why.best)
        : words.shrink.losesLeast(size, words.runs.passedOf(why.passed, why.of), why.best);
    case 'loss':
      return words.shrink.byLoss(size, loss(why.loss), loss(why.best));
    default:
      return assertNever(why, 'reason');
  }
}
