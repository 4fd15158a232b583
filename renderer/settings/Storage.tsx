import { emptiable } from '#common/contract/app/settings.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { useApp } from '../state/app.ts';
import { say } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { FailureCallout } from '../ui/Callout.tsx';
import { bytes } from '../ui/format.ts';
import { useAction, useAnswer } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';
import { ImportRun } from '../runs/ImportRun.tsx';

/** What lies in the data folder, and what of it can go. */
export function Storage() {
  const about = useApp((state) => state.about);
  const disk = useApp((state) => state.machine?.diskFreeBytes ?? null);
  const storage = useAnswer((signal) => api.settings.storage({}, signal), '');
  const work = useAction();
  const empty = (kind: (typeof emptiable)[number]): void =>
    void work.run(async () => {
      const { freedBytes } = await api.settings.empty({ kind });
      say(words.settings.emptied(bytes(freedBytes)));
      storage.again();
    });
  return (
    <section className="card" aria-labelledby="storage">
      <div className="pad stack">
        <div>
          <h2 id="storage">{words.settings.storage}</h2>
          <p className="small dim">{words.settings.storageWhy}</p>
        </div>
        <FailureCallout failure={work.failure ?? storage.failure} again={storage.again} />
        {storage.value === null && storage.failure === null && <Meter label={words.ui.loading} value={null} />}
      </div>
      {storage.value !== null && (
        <table className="table ruled-top">
          <thead>
            <tr>
              <th scope="col">{words.settings.kind}</th>
              <th scope="col" className="num">
                {words.settings.size}
              </th>
              <th scope="col">
                <span className="sr">{words.settings.empty}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {storage.value.map(({ kind, bytes: size, path }) => {
              const canGo = emptiable.find((each) => each === kind);
              return (
                <tr key={kind} title={path}>
                  <th scope="row">{words.settings.storageKinds[kind]}</th>
                  <td className="num">{bytes(size)}</td>
                  <td>
                    {canGo !== undefined && size > 0 && (
                      <Button
                        look="quiet"
                        small
                        busy={work.busy}
                        aria-label={words.settings.emptyThis(words.settings.storageKinds[kind])}
                        onClick={() => empty(canGo)}
                      >
                        {words.settings.empty}
                      </Button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <div className="pad stack ruled-top">
        <dl className="facts left">
          <dt>{words.settings.free}</dt>
          <dd>{disk === null ? '–' : bytes(disk)}</dd>
          <dt>{words.settings.folder}</dt>
          <dd>
            <code className="wrap">{about?.dataFolder}</code>
          </dd>
        </dl>
        <p className="small dim">{words.settings.deleteHint}</p>
        <p className="small dim">{words.settings.reset}</p>
        <div className="row wrap">
          <ImportRun />
          {about?.world === 'electron' && (
            <Button onClick={() => void work.run(() => api.files.reveal({ path: about.dataFolder }))}>
              {words.settings.show}
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}
