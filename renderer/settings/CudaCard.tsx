import type { CudaAddition } from '#common/contract/app/additions.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { say } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { bytes } from '../ui/format.ts';
import { useAction, useStream } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';

/** Shown where an NVIDIA card is: what CUDA's part would cost, adding it, and taking it away again. */
export function CudaCard() {
  const copy = words.additions;
  const { value: cuda } = useStream((signal) => api.additions.cuda({}, signal), '');
  const work = useAction();
  if (cuda === null || cuda.why === 'no-card' || cuda.why === 'own') return null;
  const { offer, state, why } = cuda;
  const failure = work.failure ?? (state.phase === 'absent' || state.phase === 'paused' ? state.failure : null);
  const remove = (): void =>
    void work.run(async () => {
      const { freedBytes } = await api.additions.removeCuda({});
      if (freedBytes > 0) say(copy.removed(bytes(freedBytes)));
    });
  return (
    <section className="card pad stack" aria-labelledby="cuda">
      <h2 id="cuda">{copy.cuda}</h2>
      {why !== null && <p className="small dim">{copy.notOffered[why]}</p>}
      {offer !== null && state.phase !== 'ready' && <p className="small dim">{copy.why}</p>}
      <FailureCallout failure={failure} />
      {offer !== null && state.phase !== 'ready' && <Offer offer={offer} />}
      <Progress state={state} />
      {state.phase === 'ready' && <Ready trouble={state.trouble} />}
      {offer !== null && (
        <div className="row wrap">
          {state.phase === 'absent' && (
            <Button busy={work.busy} onClick={() => void work.run(() => api.additions.addCuda({}))}>
              {copy.add}
            </Button>
          )}
          {state.phase === 'paused' && (
            <Button busy={work.busy} onClick={() => void work.run(() => api.additions.addCuda({}))}>
              {copy.resume}
            </Button>
          )}
          {(state.phase === 'downloading' || state.phase === 'checking') && (
            <Button onClick={() => void work.run(() => api.additions.pauseCuda({}))}>{copy.pause}</Button>
          )}
          {state.phase === 'ready' && state.trouble === 'deaths' && (
            <Button busy={work.busy} onClick={() => void work.run(() => api.additions.retryCuda({}))}>
              {copy.retry}
            </Button>
          )}
          {(state.phase === 'ready' || state.phase === 'paused') && (
            <Button look="quiet" busy={work.busy} onClick={remove}>
              {state.phase === 'ready' ? copy.remove : copy.discard}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function Offer({ offer }: { readonly offer: NonNullable<CudaAddition['offer']> }) {
  const copy = words.additions;
  return (
    <dl className="facts left">
      <dt>{copy.size}</dt>
      <dd>{copy.sizes(bytes(offer.archiveBytes), bytes(offer.bytes))}</dd>
      <dt>{copy.from}</dt>
      <dd>
        <code className="wrap">{offer.url}</code>
      </dd>
      <dt>{copy.license}</dt>
      <dd>{offer.license}</dd>
      <dt>{copy.print}</dt>
      <dd title={offer.sha512}>{copy.printOf(offer.sha512.slice(0, 8))}</dd>
    </dl>
  );
}

function Progress({ state }: { readonly state: CudaAddition['state'] }) {
  const copy = words.additions;
  if (state.phase === 'checking') {
    return <Meter label={copy.checking} value={(state.checkedBytes / state.totalBytes) * 100} />;
  }
  if (state.phase !== 'downloading' && state.phase !== 'paused') return null;
  const { receivedBytes, totalBytes } = state;
  const amount = totalBytes === null ? bytes(receivedBytes) : copy.ofBytes(bytes(receivedBytes), bytes(totalBytes));
  return (
    <>
      <p className="small num">{state.phase === 'paused' ? copy.paused(amount) : amount}</p>
      <Meter
        label={copy.downloading}
        value={totalBytes === null ? null : (receivedBytes / totalBytes) * 100}
        text={amount}
      />
    </>
  );
}

function Ready({ trouble }: { readonly trouble: 'changed' | 'deaths' | null }) {
  const copy = words.additions;
  return (
    <Callout kind={trouble === null ? 'good' : 'warn'} title={`${trouble === null ? copy.ready : copy[trouble]}.`}>
      {trouble === null ? copy.readyWhy : trouble === 'changed' ? copy.changedWhy : copy.deathsWhy}
    </Callout>
  );
}
