import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { InstallState } from '#common/contract/app/installing.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { Field } from '../../ui/Field.tsx';
import { bytes } from '../../ui/format.ts';
import { useAction, useAnswer, useStream } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { NotYet } from '../Wizard.tsx';
import { ParityCard } from './ParityCard.tsx';

export function InstallStep() {
  const draft = useDraft((state) => state.draft)!;
  return draft.run === null ? <NotYet step="install" why={words.stepWords.locked} /> : <Install run={draft.run} />;
}

function Install({ run }: { readonly run: string }) {
  const draft = useDraft((state) => state.draft)!;
  const { value: state, failure } = useStream((signal) => api.installing.watch({ run }, signal), run);
  const [another, setAnother] = useState(false);
  const work = useAction();
  const installed = state?.installed.at(-1) ?? null;
  const doing = state?.work ?? null;
  const title =
    doing !== null
      ? words.install.titleDoing(doing.name)
      : installed !== null
        ? words.install.titleDone(installed.name)
        : words.install.title;
  const remove = async (name: string): Promise<void> => {
    await api.installing.remove({ run, name });
    say(words.install.removed(name));
  };
  return (
    <Screen
      title={title}
      lede={
        installed !== null && doing === null ? (installed.parity?.words ?? words.install.ledeDone) : words.install.lede
      }
      bar={
        doing !== null ? (
          <>
            <Button look="quiet" onClick={() => void work.run(() => api.installing.cancel({ run }))}>
              {words.install.stop}
            </Button>
            <span className="note">{words.install.stopNote}</span>
          </>
        ) : (
          <>
            <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'shrink' }} label={words.steps.shrink} />
            {installed !== null && (
              <Button look="quiet" busy={work.busy} onClick={() => void work.run(() => remove(installed.name))}>
                {words.install.remove}
              </Button>
            )}
            <span className="note">{installed === null ? words.install.skip : ''}</span>
            <NextButton label={words.install.next} to={{ screen: 'wizard', draft: draft.id, step: 'compare' }} />
          </>
        )
      }
    >
      <div className="stack gap14">
        <FailureCallout failure={failure ?? work.failure ?? (doing === null ? (state?.failure ?? null) : null)} />
        {state === null ? (
          failure === null && <Meter label={words.ui.loading} value={null} />
        ) : (
          <div className="cols-install">
            <div className="stack gap14">
              <OllamaCard />
              {(doing !== null || installed !== null) && <Stages state={state} />}
              {installed !== null && doing === null && <UseIt name={installed.name} />}
            </div>
            <div className="stack gap14">
              {doing === null && (installed === null || another) && (
                <NameForm run={run} onStarted={() => setAnother(false)} />
              )}
              {installed !== null && doing === null && !another && (
                <>
                  {installed.parity !== null && <ParityCard parity={installed.parity} />}
                  <Button onClick={() => setAnother(true)}>{words.install.another}</Button>
                </>
              )}
            </div>
          </div>
        )}
      </div>
    </Screen>
  );
}

function OllamaCard() {
  const ollama = useApp((state) => state.ollama);
  if (ollama === null) return <Callout>{words.install.looking}</Callout>;
  const running = ollama.state === 'running';
  return (
    <Callout kind={running ? 'good' : 'warn'} title={`${words.install.states[ollama.state](ollama.version ?? '')}.`}>
      {!running &&
        `${ollama.message ?? ''} ${ollama.advice ?? ''} ${ollama.state === 'missing' ? words.install.get : words.install.noticed} ${words.install.asFile}`}
      {running && ollama.address}
    </Callout>
  );
}

const stageIds = ['making', 'checking', 'uploading', 'creating', 'comparing'] as const;

function Stages({ state }: { readonly state: InstallState }) {
  const { work } = state;
  const now = work === null ? stageIds.length : Math.max(0, stageIds.indexOf(work.stage as (typeof stageIds)[number]));
  return (
    <section className="card pad" aria-labelledby="stages">
      <h2 id="stages">{work === null ? words.install.done : words.install.doing}</h2>
      <ol className="isteps">
        {stageIds.map((id, index) => (
          <li
            key={id}
            className={index < now ? 'done' : index === now ? 'now' : 'todo'}
            aria-current={index === now ? 'step' : undefined}
          >
            <span className="m">{index < now && <Check className="icon" aria-hidden />}</span>
            <div>
              <strong>{words.install.stages[id]}</strong>
              {index === now && work !== null && (
                <>
                  <Meter
                    label={words.install.stages[id]}
                    value={work.total === 0 ? null : (work.completed / work.total) * 100}
                  />
                  {work.total > 0 && (
                    <p>
                      {id === 'comparing'
                        ? words.install.of(String(work.completed), String(work.total))
                        : words.install.of(bytes(work.completed), bytes(work.total))}
                    </p>
                  )}
                </>
              )}
            </div>
          </li>
        ))}
      </ol>
      <p className="sr" role="status">
        {work !== null && words.install.stages[stageIds[now] ?? 'making']}
      </p>
    </section>
  );
}

function UseIt({ name }: { readonly name: string }) {
  const command = `ollama run ${name}`;
  return (
    <section className="card pad" aria-labelledby="use">
      <h2 id="use">{words.install.use}</h2>
      <p className="small dim">{words.install.useWhy}</p>
      <div className="cmd">
        <code>{command}</code>
        <Button
          look="quiet"
          small
          iconOnly
          className="push"
          aria-label={words.install.copyCommand}
          onClick={() => void navigator.clipboard.writeText(command).then(() => say(words.ui.copied))}
        >
          <Copy className="icon" aria-hidden />
        </Button>
      </div>
    </section>
  );
}

function NameForm({ run, onStarted }: { readonly run: string; onStarted(): void }) {
  const draft = useDraft((state) => state.draft)!;
  const ollama = useApp((state) => state.ollama);
  const [name, setName] = useState(draft.installName ?? suggestName(draft.title));
  const [replace, setReplace] = useState(false);
  const work = useAction();
  const checked = useAnswer(
    async (signal) => (name.trim() === '' ? null : api.installing.checkName({ name: name.trim() }, signal)),
    `${name.trim()}.${ollama?.state ?? ''}`,
  );
  const answer = checked.value;
  const ready =
    answer?.valid === true && (!answer.taken || replace) && ollama?.state === 'running' && draft.quant !== null;
  const start = (): void => {
    if (!ready || draft.quant === null) return;
    const { quant } = draft;
    void work
      .run(async () => {
        await saveDraft({ installName: name.trim() });
        await api.installing.start({ run, quant, name: name.trim(), replace });
      })
      .then((done) => done && onStarted());
  };
  return (
    <form
      className="card pad stack"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <h2>{words.install.name}</h2>
      <Field label={words.install.name} hint={words.install.nameWhy}>
        <input
          className="input"
          value={name}
          maxLength={300}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <p className="small" role="status">
        {answer?.problem ??
          (answer?.taken === true
            ? words.install.taken(answer.full ?? name)
            : answer?.valid === true && ollama?.state === 'running'
              ? words.install.free(answer.full ?? name)
              : '')}
      </p>
      {answer?.taken === true && (
        <label className="row small">
          <input type="checkbox" checked={replace} onChange={() => setReplace(!replace)} />
          {words.install.replace(answer.full ?? name)}
        </label>
      )}
      <FailureCallout failure={work.failure ?? checked.failure} />
      <div className="row">
        <span className="small dim">{draft.quant !== null && words.install.size(draft.quant)}</span>
        <Button type="submit" className="push" disabled={!ready} busy={work.busy}>
          {words.install.start}
        </Button>
      </div>
    </form>
  );
}

/** `Marlow templates` -> `marlow-templates` */
export function suggestName(title: string): string {
  const name = title
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[-._]+|[-._]+$/g, '');
  return name === '' ? 'my-model' : name;
}
