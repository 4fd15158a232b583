import { FolderOpen, Search } from 'lucide-react';
import { useState } from 'react';
import type { BaseChoice, ModelRow } from '#common/contract/app/models.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { chooseNatively } from '../../api/files.ts';
import { words } from '../../copy/index.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { FilePicker } from '../../ui/FilePicker.tsx';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { BaseFacts } from './BaseFacts.tsx';
import { ModelCard } from './ModelCard.tsx';

type Place = 'catalogue' | 'ollama' | 'file';

export function ModelStep() {
  const draft = useDraft((state) => state.draft)!;
  const list = useAnswer((signal) => api.models.list({}, signal), '');
  const found = useAnswer(
    async (signal) => (draft.base === null ? null : api.models.inspect({ id: draft.base.id }, signal)),
    draft.base?.id ?? '',
  );
  const [chosenPlace, setPlace] = useState<Place | null>(null);
  const [search, setSearch] = useState('');
  const [picking, setPicking] = useState(false);
  const work = useAction();
  const [trying, setTrying] = useState<string | null>(null);
  const models = list.value?.models ?? [];
  const ofOllama = models.filter(({ source }) => source === 'ollama');
  const catalogue = models.filter(({ source }) => source !== 'ollama');
  const isFile = draft.base !== null && models.length > 0 && !models.some(({ id }) => id === draft.base?.id);
  const place =
    chosenPlace ?? (ofOllama.some(({ id }) => id === draft.base?.id) ? 'ollama' : isFile ? 'file' : 'catalogue');
  const shown = (place === 'ollama' ? ofOllama : catalogue).filter(({ title }) =>
    title.toLowerCase().includes(search.trim().toLowerCase()),
  );

  const choose = async (id: string, title?: string): Promise<void> => {
    setTrying(id);
    await work.run(async () => {
      const base = await api.models.inspect({ id });
      if (!base.info.supported) throw unsupported(base);
      await saveDraft({ base: { id: base.id, title: title ?? base.info.name ?? base.id } });
    });
    setTrying(null);
  };
  const chooseFile = async (): Promise<void> => {
    const paths = await chooseNatively('model');
    if (paths === null) setPicking(true);
    else if (paths[0] !== undefined) await choose(paths[0]);
  };
  return (
    <Screen
      title={words.model.title}
      lede={words.model.lede}
      bar={
        <>
          <BackLink to={{ screen: 'home' }} label={words.shell.allRuns} />
          <span className="note" role="status">
            {work.busy
              ? words.model.reading
              : draft.base === null
                ? words.model.chooseOne
                : words.model.ready(draft.base.title)}
          </span>
          <NextButton
            label={words.model.next}
            disabled={draft.base === null || work.busy}
            to={{ screen: 'wizard', draft: draft.id, step: 'examples' }}
          />
        </>
      }
    >
      <div className="tools">
        <Tabs<Place>
          label={words.model.where}
          chosen={place}
          onChoose={setPlace}
          tabs={[
            { id: 'catalogue', label: words.model.catalogue },
            { id: 'ollama', label: words.model.inOllama(ofOllama.length) },
            { id: 'file', label: words.model.fromFile },
          ]}
        />
        {place !== 'file' && (
          <label className="search push">
            <span className="sr">{words.model.search}</span>
            <Search className="icon" aria-hidden />
            <input
              className="input"
              type="search"
              placeholder={words.model.search}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          </label>
        )}
      </div>
      <div className="stack" style={{ '--gap': '14px' } as React.CSSProperties}>
        <FailureCallout failure={list.failure} again={list.again} />
        <FailureCallout failure={work.failure} />
        {place === 'file' ? (
          <section className="card pad file-choice">
            <FolderOpen className="icon lg" aria-hidden />
            <div>
              <h2>{words.model.file}</h2>
              <p className="small dim">{words.model.fileWhy}</p>
              {isFile && draft.base !== null && <p className="small mono">{draft.base.id}</p>}
            </div>
            <Button busy={work.busy} onClick={() => void chooseFile()}>
              {words.model.choose}
            </Button>
          </section>
        ) : (
          <fieldset>
            <legend className="sr">{words.model.legend}</legend>
            {list.value === null && list.failure === null && <Meter label={words.model.looking} value={null} />}
            {list.value !== null && shown.length === 0 && (
              <Callout>
                {place === 'ollama' && search === '' ? words.model.noneInOllama : words.model.noneFound(search)}
              </Callout>
            )}
            <ul className="grid3">
              {shown.map((row: ModelRow) => (
                <li key={row.id}>
                  <ModelCard
                    row={row}
                    memoryBytes={list.value?.memoryBytes ?? 0}
                    chosen={draft.base?.id === row.id}
                    busy={trying === row.id}
                    onChoose={() => void choose(row.id, row.title)}
                  />
                </li>
              ))}
            </ul>
          </fieldset>
        )}
        {found.value !== null && !work.busy && <BaseFacts base={found.value} title={draft.base?.title ?? ''} />}
        <FailureCallout failure={found.failure} again={found.again} />
        <Callout>{words.model.aboutFit}</Callout>
      </div>
      {picking && (
        <FilePicker
          title={words.model.file}
          hint={words.model.fileWhy}
          pick="file"
          accepts={(name) => name.toLowerCase().endsWith('.gguf')}
          onClose={() => setPicking(false)}
          onPick={(path) => {
            setPicking(false);
            void choose(path);
          }}
        />
      )}
    </Screen>
  );
}

function unsupported(base: BaseChoice): TunesmithError {
  return new TunesmithError(
    'architecture-unsupported',
    base.info.reason ?? `Models of the kind “${base.info.architecture}” cannot be taught.`,
  );
}
