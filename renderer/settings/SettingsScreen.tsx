import { useState } from 'react';
import type { Settings } from '#common/contract/app/settings.ts';
import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { saveSettings, useApp } from '../state/app.ts';
import { Button } from '../ui/Button.tsx';
import { Callout, FailureCallout } from '../ui/Callout.tsx';
import { Field } from '../ui/Field.tsx';
import { bytes } from '../ui/format.ts';
import { useAction, useAnswer } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';
import { Strip } from '../ui/Rail.tsx';
import { BackLink, Screen } from '../ui/Screen.tsx';
import { CudaCard } from './CudaCard.tsx';
import { UpdatesCard } from '../updates/UpdatesCard.tsx';
import { Storage } from './Storage.tsx';
import { ThirdParty } from './ThirdParty.tsx';

export function SettingsScreen() {
  const { settings, about } = useApp();
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
        {settings === null ? (
          <Meter label={words.ui.loading} value={null} />
        ) : (
          <div className="two even">
            <div className="stack gap14">
              <section className="card pad stack" aria-labelledby="look">
                <h2 id="look">{words.settings.look}</h2>
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
              </section>
              <OllamaAddress key={settings.ollamaHost ?? ''} chosen={settings.ollamaHost ?? ''} onSave={save} />
              <CudaCard />
              <Devices kernels={settings.kernels ?? 'auto'} onSave={save} />
            </div>
            <div className="stack gap14">
              <Storage />
              <section className="card pad stack" aria-labelledby="private">
                <h2 id="private">{words.settings.private}</h2>
                <p className="small dim">{words.settings.privateWhy}</p>
              </section>
              <UpdatesCard />
              <About />
            </div>
          </div>
        )}
      </Screen>
    </>
  );
}

type Save = (change: Partial<Settings>) => void;

function OllamaAddress({ chosen, onSave }: { readonly chosen: string; readonly onSave: Save }) {
  const ollama = useApp((state) => state.ollama);
  const [address, setAddress] = useState(chosen);
  return (
    <form
      className="card pad stack"
      aria-labelledby="ollama"
      onSubmit={(event) => {
        event.preventDefault();
        onSave({ ollamaHost: address.trim() });
      }}
    >
      <div>
        <h2 id="ollama">{words.settings.ollama}</h2>
        <p className="small dim">{words.settings.ollamaWhy}</p>
      </div>
      {ollama !== null && (
        <Callout
          kind={ollama.state === 'running' ? 'good' : 'warn'}
          title={`${words.install.states[ollama.state](ollama.version ?? '')}.`}
        >
          {ollama.address}
        </Callout>
      )}
      <Field label={words.settings.ollamaAddress} hint={words.settings.ollamaHint}>
        <input
          className="input mono"
          value={address}
          maxLength={300}
          spellCheck={false}
          autoCapitalize="off"
          placeholder="127.0.0.1:11434"
          onChange={(event) => setAddress(event.target.value)}
        />
      </Field>
      <div className="row">
        <Button type="submit" disabled={address.trim() === chosen}>
          {words.settings.ollamaSave}
        </Button>
        {chosen !== '' && (
          <Button look="quiet" onClick={() => onSave({ ollamaHost: '' })}>
            {words.settings.ollamaReset}
          </Button>
        )}
      </div>
    </form>
  );
}

function Devices({ kernels, onSave }: { readonly kernels: 'auto' | 'off'; readonly onSave: Save }) {
  const devices = useAnswer((signal) => api.settings.devices({}, signal), '');
  return (
    <section className="card pad stack" aria-labelledby="devices">
      <div>
        <h2 id="devices">{words.settings.devices}</h2>
        <p className="small dim">{words.settings.devicesWhy}</p>
      </div>
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
              {words.settings.memoryOf(bytes(device.freeBytes), bytes(device.totalBytes))} {device.reason}
            </p>
          </li>
        ))}
      </ul>
      <Radios
        legend={words.settings.kernels}
        hint={words.settings.kernelsWhy}
        name="kernels"
        choices={words.settings.kernelChoices}
        chosen={kernels}
        onChoose={(choice) => onSave({ kernels: choice })}
      />
    </section>
  );
}

function About() {
  const about = useApp((state) => state.about);
  const [isShown, setShown] = useState(false);
  if (about === null) return null;
  return (
    <section className="card pad stack" aria-labelledby="about">
      <h2 id="about">{words.settings.about}</h2>
      <dl className="facts left">
        <dt>{words.settings.version}</dt>
        <dd>{about.version}</dd>
        <dt>{words.settings.engine}</dt>
        <dd>{about.engineBuild}</dd>
        {about.runtimes.map(({ name, version }) => (
          <Fact key={name} name={name} value={version} />
        ))}
        <dt>{words.settings.memory}</dt>
        <dd>{bytes(about.memoryBytes)}</dd>
        <dt>{words.settings.logs}</dt>
        <dd>
          <code className="wrap">{about.logFolder}</code>
        </dd>
      </dl>
      <p className="small dim">{words.settings.logsWhy}</p>
      <p className="small dim">{words.settings.licenceWhy}</p>
      <div>
        <Button small onClick={() => setShown(true)}>
          {words.settings.thirdParty}
        </Button>
      </div>
      {isShown && <ThirdParty onClose={() => setShown(false)} />}
    </section>
  );
}

const runtimeNames: Readonly<Record<string, string>> = { node: 'Node.js', electron: 'Electron', chrome: 'Chromium' };

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{runtimeNames[name] ?? name}</dt>
      <dd>{value}</dd>
    </>
  );
}

interface RadioProps<T extends string> {
  readonly legend: string;
  readonly hint?: string;
  readonly name: string;
  readonly choices: Readonly<Record<T, string>>;
  readonly chosen: T;
  onChoose(choice: T): void;
}

function Radios<T extends string>({ legend, hint, name, choices, chosen, onChoose }: RadioProps<T>) {
  return (
    <fieldset className="radios">
      <legend className="strong">{legend}</legend>
      {hint !== undefined && <p className="small dim">{hint}</p>}
      {(Object.entries(choices) as [T, string][]).map(([id, label]) => (
        <label key={id} className="row">
          <input type="radio" name={name} checked={id === chosen} onChange={() => onChoose(id)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
