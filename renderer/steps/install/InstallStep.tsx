import { useState } from 'react';
import type { Installed, InstallOrder, InstallRecipe, InstallState } from '#common/contract/app/installing.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { go } from '../../state/route.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { useAction, useAnswer, useStream } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { NotYet } from '../NotYet.tsx';
import { runCommand, shortName, suggestName } from './install-words.ts';
import { NameForm } from './NameForm.tsx';
import { OllamaCard } from './OllamaCard.tsx';
import { ParityCard, ParityToCome } from './ParityCard.tsx';
import { RecipeCard } from './RecipeCard.tsx';
import { Commands, SaveFiles } from './SaveFiles.tsx';
import { Stages } from './Stages.tsx';

export function InstallStep() {
  const draft = useDraft((state) => state.draft)!;
  return draft.run === null ? <NotYet step="install" why={words.stepWords.locked} /> : <Install run={draft.run} />;
}

function Install({ run }: { readonly run: string }) {
  const draft = useDraft((state) => state.draft)!;
  const ollama = useApp((state) => state.ollama);
  const { value: state, failure } = useStream((signal) => api.installing.watch({ run }, signal), run);
  const recipe = useAnswer(
    (signal) => api.installing.recipe({ run, quant: draft.quant }, signal),
    `${run}.${draft.quant ?? ''}.${state?.work === null}`,
  );
  const [another, setAnother] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const [ready, setReady] = useState<{ readonly order: InstallOrder | null; readonly note: string }>({
    order: null,
    note: '',
  });
  const work = useAction();
  const doing = state?.work ?? null;
  const newest = state?.installed[0] ?? null;
  const installed = another ? null : newest;
  const start = (order: InstallOrder): void =>
    void work
      .run(async () => {
        await saveDraft({ installName: order.name, quant: order.quant });
        await api.installing.start({ run, ...order });
      })
      .then((done) => done && setAnother(false));
  const compare = (name: string): void => void work.run(() => api.installing.compare({ run, name }));
  const saveCertificate = (name: string): void =>
    void work.run(async () => {
      const { path, download } = await api.installing.saveCertificate({ run, name });
      if (download !== null) window.location.assign(download);
      say(words.install.certificateSaved(path));
    });
  const remove = async (name: string): Promise<void> => {
    if (!(await work.run(() => api.installing.remove({ run, name })))) return setRemoving(null);
    setRemoving(null);
    say(words.install.removed(shortName(name)));
  };
  const failed = doing === null ? (state?.failure ?? null) : null;
  const retry = state?.failed ?? null;
  return (
    <Screen
      title={titleOf(doing, installed)}
      lede={ledeOf(doing, installed, recipe.value)}
      bar={
        doing !== null ? (
          <>
            <Button look="quiet" onClick={() => void work.run(() => api.installing.cancel({ run }))}>
              {words.install.stop}
            </Button>
            <span className="note">
              {doing.stage === 'comparing' ? words.install.stopNoteChecking : words.install.stopNote}
            </span>
          </>
        ) : (
          <>
            <BackLink to={{ screen: 'wizard', draft: draft.id, step: 'shrink' }} label={words.steps.shrink} />
            {installed !== null && (
              <Button look="quiet" onClick={() => setRemoving(installed.name)}>
                {words.install.remove}
              </Button>
            )}
            <span className="note">{installed === null ? ready.note : words.install.now}</span>
            <Ways
              isInstalled={installed !== null}
              isRunning={ollama?.state === 'running'}
              busy={work.busy}
              order={ready.order}
              draft={draft.id}
              onStart={start}
            />
          </>
        )
      }
    >
      <div className="stack gap14">
        <FailureCallout failure={recipe.failure} again={recipe.again} />
        <FailureCallout
          failure={failure ?? work.failure ?? failed}
          {...(failed !== null && retry !== null && work.failure === null ? { again: () => start(retry) } : {})}
        />
        {state === null ? (
          failure === null && <Meter label={words.ui.loading} value={null} />
        ) : (
          <div className="cols-install">
            <div className="stack gap14">
              {doing === null && installed === null && <OllamaCard />}
              {(doing !== null || installed !== null) && (
                <Stages work={doing} installed={installed} recipe={recipe.value} />
              )}
              {doing === null && installed !== null && (
                <section className="card pad" aria-labelledby="use">
                  <h2 id="use">{words.install.use}</h2>
                  <p className="small dim">{words.install.useWhy}</p>
                  <Commands lines={[runCommand(installed.name)]} />
                </section>
              )}
              {doing === null && (installed === null || state.saved !== null) && (
                <SaveFiles
                  name={shortName(ready.order?.name ?? draft.installName ?? suggestName(draft.title))}
                  saved={state.saved}
                  disabled={recipe.value === null || work.busy}
                  onSave={(folder) => {
                    const quant = recipe.value?.quant;
                    const name = ready.order?.name ?? draft.installName ?? suggestName(draft.title);
                    if (quant !== undefined)
                      void work.run(() => api.installing.saveFiles({ run, quant, name: shortName(name), folder }));
                  }}
                />
              )}
            </div>
            <div className="stack gap14">
              {doing !== null && !doing.stages.includes('saving') && (
                <>
                  <section className="card pad" aria-labelledby="fixed">
                    <h2 id="fixed">{words.install.name}</h2>
                    <div className="cmd">
                      <code>{shortName(doing.name)}</code>
                      <span className="push small faint">{words.install.fixed}</span>
                    </div>
                  </section>
                  {recipe.value !== null && recipe.value.questions.length > 0 && (
                    <ParityToCome
                      questions={recipe.value.questions}
                      asked={doing.stage === 'comparing' ? doing.completed : null}
                    />
                  )}
                </>
              )}
              {doing === null && installed === null && (
                <>
                  <NameForm
                    key={String(another)}
                    suggested={(another ? null : draft.installName) ?? suggestName(draft.title)}
                    recipe={recipe.value}
                    busy={work.busy}
                    onInstall={start}
                    onReady={setReady}
                  />
                  {recipe.value === null
                    ? recipe.failure === null && <Meter label={words.ui.loading} value={null} />
                    : ollama !== null && <RecipeCard recipe={recipe.value} />}
                </>
              )}
              {doing === null && installed !== null && (
                <>
                  {installed.parity === null ? (
                    <Callout
                      kind="warn"
                      title={`${words.install.notChecked}.`}
                      actions={
                        <Button small busy={work.busy} onClick={() => compare(installed.name)}>
                          {words.install.check}
                        </Button>
                      }
                    >
                      {words.install.notCheckedWhy}
                    </Callout>
                  ) : (
                    <ParityCard
                      parity={installed.parity}
                      recipe={recipe.value}
                      busy={work.busy}
                      onAgain={() => compare(installed.name)}
                      onReinstall={() =>
                        recipe.value !== null &&
                        start({ name: shortName(installed.name), quant: recipe.value.quant, replace: true })
                      }
                      onCertificate={() => saveCertificate(installed.name)}
                    />
                  )}
                  <div className="row">
                    <Button onClick={() => setAnother(true)}>{words.install.another}</Button>
                  </div>
                  {state.installed.length > 1 && <Others installed={state.installed.slice(1)} onRemove={setRemoving} />}
                </>
              )}
            </div>
          </div>
        )}
      </div>
      {removing !== null && (
        <Dialog
          title={words.install.removeTitle(shortName(removing))}
          onClose={() => setRemoving(null)}
          footer={
            <>
              <Button look="danger" busy={work.busy} onClick={() => void remove(removing)}>
                {words.install.removeYes}
              </Button>
              <Button className="push" look="primary" autoFocus onClick={() => setRemoving(null)}>
                {words.install.removeNo}
              </Button>
            </>
          }
        >
          <p className="dim">{words.install.removeWhy}</p>
        </Dialog>
      )}
    </Screen>
  );
}

interface WaysProps {
  readonly isInstalled: boolean;
  readonly isRunning: boolean;
  readonly busy: boolean;
  readonly order: InstallOrder | null;
  readonly draft: string;
  onStart(order: InstallOrder): void;
}

/** The way on: what can be done now is the primary one. Without Ollama that is to compare. */
function Ways({ isInstalled, isRunning, busy, order, draft, onStart }: WaysProps) {
  const compare = { screen: 'wizard', draft, step: 'compare' } as const;
  const label = order?.replace === true ? words.install.startReplacing : words.install.start;
  if (isInstalled) return <NextButton label={words.install.next} to={compare} />;
  if (!isRunning) {
    return (
      <>
        <Button disabled>{label}</Button>
        <NextButton label={words.install.next} to={compare} />
      </>
    );
  }
  return (
    <>
      <Button onClick={() => go(compare)}>{words.install.next}</Button>
      <NextButton
        label={label}
        busy={busy}
        disabled={order === null}
        onClick={() => {
          if (order !== null) onStart(order);
        }}
      />
    </>
  );
}

function Others({ installed, onRemove }: { readonly installed: readonly Installed[]; onRemove(name: string): void }) {
  return (
    <section className="card" aria-labelledby="others">
      <div className="card-head">
        <h2 id="others">{words.install.others}</h2>
      </div>
      <ul>
        {installed.map(({ name }) => (
          <li key={name} className="fix">
            <code>{shortName(name)}</code>
            <Button small look="quiet" onClick={() => onRemove(name)}>
              {words.install.remove}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function titleOf(doing: InstallState['work'], installed: Installed | null): string {
  if (doing !== null) {
    if (doing.stages.includes('saving')) return words.install.titleSaving;
    const name = shortName(doing.name);
    return doing.stages.includes('creating') ? words.install.titleDoing(name) : words.install.titleChecking(name);
  }
  return installed === null ? words.install.title : words.install.titleDone(shortName(installed.name));
}

function ledeOf(doing: InstallState['work'], installed: Installed | null, recipe: InstallRecipe | null): string {
  if (doing !== null)
    return words.install.ledeDoing(doing.stages.includes('creating') ? (recipe?.questions.length ?? 0) : 0);
  if (installed === null) return words.install.lede;
  const { parity } = installed;
  return parity === null ? words.install.ledeUnchecked : words.install.ledes[parity.verdict](parity.rows.length);
}
