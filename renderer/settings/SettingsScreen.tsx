import type { Settings } from '#common/contract/app/settings.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { saveSettings, useApp } from '../state/app.ts';
import { FailureCallout } from '../ui/Callout.tsx';
import { bytes } from '../ui/format.ts';
import { useAction, useAnswer } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';
import { Strip } from '../ui/Rail.tsx';
import { BackLink, Screen } from '../ui/Screen.tsx';

export function SettingsScreen() {
  const { settings, about } = useApp();
  const devices = useAnswer((signal) => api.settings.devices({}, signal), '');
  const work = useAction();
  const save = (change: Partial<Settings>): void => void work.run(() => saveSettings(change));
  return (
    <>
      <Strip trail={[{ label: words.settings.title }]} />
      <Screen
        title={words.settings.title}
        lede={words.settings.lede}
        bar={<BackLink to={{ screen: 'home' }} label={words.shell.allRuns} />}
      >
        <FailureCallout failure={work.failure} />
        <div className="two">
          <section className="card pad stack" aria-label={words.settings.title}>
            {settings !== null && (
              <>
                <Radios
                  legend={words.settings.theme}
                  name="theme"
                  choices={words.settings.themes}
                  chosen={settings.theme}
                  onChoose={(theme) => save({ theme })}
                />
                {about?.world === 'electron' && (
                  <Radios
                    legend={words.settings.close}
                    name="closing"
                    choices={words.settings.closing}
                    chosen={settings.onCloseWhileTraining}
                    onChoose={(onCloseWhileTraining) => save({ onCloseWhileTraining })}
                  />
                )}
              </>
            )}
          </section>
          <section className="card pad" aria-labelledby="about">
            <h2 id="about">{words.settings.about}</h2>
            {about !== null && (
              <dl className="facts left">
                <dt>{words.settings.version}</dt>
                <dd>{about.version}</dd>
                <dt>{words.settings.memory}</dt>
                <dd>{bytes(about.memoryBytes)}</dd>
                <dt>{words.settings.free}</dt>
                <dd>{bytes(about.freeBytes)}</dd>
                <dt>{words.settings.folder}</dt>
                <dd>
                  <code className="wrap">{about.dataFolder}</code>
                </dd>
              </dl>
            )}
            <h3 className="ruled">{words.settings.devices}</h3>
            <FailureCallout failure={devices.failure} again={devices.again} />
            {devices.value === null && devices.failure === null && <Meter label={words.ui.loading} value={null} />}
            <ul className="stack small">
              {devices.value?.map((device) => (
                <li key={device.id}>
                  <b className="strong">{device.description}</b>{' '}
                  <span className={`badge ${device.usable ? 'good' : ''}`}>
                    {device.usable ? words.settings.used : words.settings.notUsed}
                  </span>
                  <p className="dim">
                    {bytes(device.freeBytes)} / {bytes(device.totalBytes)} {device.reason}
                  </p>
                </li>
              ))}
            </ul>
          </section>
        </div>
      </Screen>
    </>
  );
}

interface RadioProps<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly choices: Readonly<Record<T, string>>;
  readonly chosen: T;
  onChoose(choice: T): void;
}

function Radios<T extends string>({ legend, name, choices, chosen, onChoose }: RadioProps<T>) {
  return (
    <fieldset className="radios">
      <legend className="strong">{legend}</legend>
      {(Object.entries(choices) as [T, string][]).map(([id, label]) => (
        <label key={id} className="row">
          <input type="radio" name={name} checked={id === chosen} onChange={() => onChoose(id)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
