import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { go } from '../state/route.ts';
import { Button } from '../ui/Button.tsx';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { bytes, count, when } from '../ui/format.ts';
import { useAction, useAnswer, useStream } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';
import { takeRun } from './run-actions.ts';

/** A run file that was opened by a double click: shown first, and taken in only when the person says so. */
export function OpenedRun() {
  const { value } = useStream((signal) => api.runs.opened({}, signal), '');
  if (value === null || value.path === null) return null;
  return <Ask key={value.path} path={value.path} waiting={value.waiting} />;
}

function Ask({ path, waiting }: { readonly path: string; readonly waiting: number }) {
  const copy = words.openedRun;
  const { value: run, failure } = useAnswer((signal) => api.runs.look({ path }, signal), path);
  const work = useAction();
  const close = (): void => void api.runs.closeOpened({ path }).catch(() => {});
  const answer = (doing: () => Promise<unknown>): void =>
    void work.run(doing).then((done) => (done ? close() : undefined));
  return (
    <Dialog
      title={failure === null ? copy.title : copy.failed}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{failure === null ? copy.not : copy.close}</Button>
          {run !== null && (
            <Button
              className="push"
              look="primary"
              busy={work.busy}
              onClick={() =>
                answer(run.known === null ? () => takeRun(path) : async () => go({ screen: 'run', run: run.known! }))
              }
            >
              {run.known === null ? copy.add : copy.show}
            </Button>
          )}
        </>
      }
    >
      {run === null && failure === null && <Meter label={copy.reading} value={null} />}
      <FailureCallout failure={failure} />
      {run !== null && <p>{run.known === null ? copy.why : copy.known}</p>}
      <dl className="facts left">
        <dt>{copy.file}</dt>
        <dd>
          <code className="wrap">{path}</code>
        </dd>
        {run !== null && (
          <>
            <dt>{copy.name}</dt>
            <dd>{run.title}</dd>
            <dt>{copy.made}</dt>
            <dd>{when(run.createdAt)}</dd>
            <dt>{copy.examples}</dt>
            <dd>{count(run.examples)}</dd>
            <dt>{copy.base}</dt>
            <dd>
              {run.base}, {bytes(run.baseBytes)}
            </dd>
          </>
        )}
      </dl>
      {run !== null && run.checkProgram !== null && (
        <>
          <Callout kind="warn" title={copy.programTitle}>
            {copy.program}
          </Callout>
          <pre className="mono wrap">{run.checkProgram}</pre>
        </>
      )}
      {waiting > 0 && <p className="small dim">{copy.more(waiting)}</p>}
      <FailureCallout failure={work.failure} />
    </Dialog>
  );
}
