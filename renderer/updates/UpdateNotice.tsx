import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { go } from '../state/route.ts';
import { Button } from '../ui/Button.tsx';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { useAction, useStream } from '../ui/hooks.ts';

/** On the home screen: asks once whether it may look for new versions, and tells of one that was found. */
export function UpdateNotice() {
  const copy = words.updates;
  const { value: state } = useStream((signal) => api.updates.watch({}, signal), '');
  const work = useAction();
  const allow = (allowed: boolean): void => void work.run(() => api.updates.allow({ allowed }));
  if (state === null) return null;
  if (state.newer !== null) {
    return (
      <Callout
        title={`${copy.newer(state.newer.version)}.`}
        actions={
          <Button small onClick={() => go({ screen: 'settings' })}>
            {copy.read}
          </Button>
        }
      >
        {copy.current(state.current)}
      </Callout>
    );
  }
  if (state.mode !== 'unasked') return null;
  return (
    <>
      <Callout
        title={copy.askTitle}
        actions={
          <>
            <Button small busy={work.busy} onClick={() => allow(true)}>
              {copy.yes}
            </Button>
            <Button small look="quiet" busy={work.busy} onClick={() => allow(false)}>
              {copy.no}
            </Button>
          </>
        }
      >
        {copy.ask}
      </Callout>
      <FailureCallout failure={work.failure} />
    </>
  );
}
