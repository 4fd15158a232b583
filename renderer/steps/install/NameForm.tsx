import { useEffect, useState } from 'react';
import type { InstallOrder, InstallRecipe } from '#common/contract/app/installing.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { bytes } from '../../ui/format.ts';
import { useAnswer } from '../../ui/hooks.ts';
import { shortName } from './install-words.ts';

interface Props {
  readonly suggested: string;
  readonly recipe: InstallRecipe | null;
  readonly busy: boolean;
  onInstall(order: InstallOrder): void;
  /** Tells the bar what is missing. */
  onReady(state: { readonly order: InstallOrder | null; readonly note: string }): void;
}

/** The name, checked as it is typed: by Ollama's own rules, and against what is there. */
export function NameForm({ suggested, recipe, busy, onInstall, onReady }: Props) {
  const ollama = useApp((state) => state.ollama);
  const [name, setName] = useState(suggested);
  const [replace, setReplace] = useState(false);
  const wanted = useLater(name.trim(), 250);
  const checked = useAnswer(
    async (signal) => (wanted === '' ? null : api.installing.checkName({ name: wanted }, signal)),
    `${wanted}.${ollama?.state ?? ''}`,
  );
  const running = ollama?.state === 'running';
  const answer = checked.loading || wanted !== name.trim() ? null : checked.value;
  const existing = answer?.existing ?? null;
  const usable = answer?.valid === true && (existing === null || replace);
  const order: InstallOrder | null =
    usable && running && recipe !== null ? { name: name.trim(), quant: recipe.quant, replace } : null;
  const waiting = words.install.waiting;
  const note = !running
    ? waiting.ollama
    : order !== null && recipe !== null
      ? recipe.made
        ? waiting.ready(bytes(recipe.bytes))
        : waiting.make
      : existing !== null && !replace
        ? waiting.taken
        : answer?.valid === false || name.trim() === ''
          ? waiting.name
          : words.ui.loading;
  useEffect(() => onReady({ order, note }), [note, order === null, name, replace, recipe?.quant]);
  const choose = (next: string): void => {
    setName(next);
    setReplace(false);
  };
  return (
    <form
      className="card pad stack"
      aria-labelledby="name"
      onSubmit={(event) => {
        event.preventDefault();
        if (order !== null && !busy) onInstall(order);
      }}
    >
      <div className="field">
        <h2 id="name">
          <label htmlFor="ollama-name">{words.install.name}</label>
        </h2>
        <input
          id="ollama-name"
          className="input mono"
          value={name}
          maxLength={300}
          spellCheck={false}
          autoCapitalize="off"
          aria-invalid={answer?.valid === false}
          aria-describedby="name-said"
          onChange={(event) => choose(event.target.value)}
        />
        <small>{words.install.nameWhy}</small>
      </div>
      <div id="name-said" role="status" className="stack">
        {answer?.problem !== null && answer !== null && <p className="small danger-ink">{answer.problem}</p>}
        {answer?.valid === true && existing === null && (
          <p className="small dim">
            {running ? words.install.isFree(shortName(answer.full ?? name)) : words.install.unknownName}
          </p>
        )}
        {answer === null && name.trim() !== '' && checked.failure === null && (
          <p className="small faint">{words.install.checkingName}</p>
        )}
        {existing !== null && (
          <Callout kind="warn" title={words.install.taken(shortName(existing.name), bytes(existing.bytes))}>
            {existing.madeHere ? words.install.takenOurs : words.install.takenOther}
          </Callout>
        )}
      </div>
      {existing !== null && (
        <div className="row wrap">
          <label className="row small">
            <input type="checkbox" checked={replace} onChange={() => setReplace(!replace)} />
            {words.install.replace(shortName(existing.name))}
          </label>
          {answer?.free !== null && answer !== null && (
            <Button look="quiet" small className="push" onClick={() => choose(answer.free ?? name)}>
              {words.install.useFree(answer.free)}
            </Button>
          )}
        </div>
      )}
      <FailureCallout failure={checked.failure} again={checked.again} />
    </form>
  );
}

/** The value, once it has rested. */
function useLater(value: string, ms: number): string {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return later;
}
