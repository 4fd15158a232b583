import { ExternalLink } from 'lucide-react';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { Button } from '../ui/Button.tsx';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { when } from '../ui/format.ts';
import { useAction, useStream } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';

/** Of the settings: whether Tunesmith may look for new versions, what it found, and looking now. */
export function UpdatesCard() {
  const copy = words.updates;
  const { value: state, failure } = useStream((signal) => api.updates.watch({}, signal), '');
  const work = useAction();
  return (
    <section className="card pad stack" aria-labelledby="updates">
      <div>
        <h2 id="updates">{copy.title}</h2>
        <p className="small dim">{copy.why}</p>
      </div>
      <FailureCallout failure={work.failure ?? failure ?? state?.failure ?? null} />
      {state === null ? (
        failure === null && <Meter label={words.ui.loading} value={null} />
      ) : (
        <>
          <fieldset className="radios">
            <legend className="strong">{copy.legend}</legend>
            {(['on', 'off'] as const).map((choice) => (
              <label key={choice} className="row">
                <input
                  type="radio"
                  name="updates"
                  checked={(state.mode === 'on') === (choice === 'on')}
                  onChange={() => void work.run(() => api.updates.allow({ allowed: choice === 'on' }))}
                />
                {copy.choices[choice]}
              </label>
            ))}
          </fieldset>
          {state.newer !== null && (
            <>
              <Callout kind="info" title={`${copy.newer(state.newer.version)}.`}>
                {copy.current(state.current)}
              </Callout>
              {state.newer.notes !== '' && (
                <details>
                  <summary>{copy.notes}</summary>
                  <pre className="release-notes small">{state.newer.notes}</pre>
                </details>
              )}
            </>
          )}
          <div className="row wrap">
            {state.newer !== null && (
              <a className="btn" href={state.newer.page} target="_blank" rel="noreferrer">
                {copy.open}
                <ExternalLink className="icon" aria-hidden />
              </a>
            )}
            <Button busy={state.checking || work.busy} onClick={() => void work.run(() => api.updates.check({}))}>
              {state.checking ? copy.checking : copy.check}
            </Button>
            <span className="small dim" role="status">
              {state.checkedAt === null ? copy.never : copy.last(when(state.checkedAt))}{' '}
              {state.checkedAt !== null && state.newer === null && copy.newest}
            </span>
          </div>
        </>
      )}
    </section>
  );
}
