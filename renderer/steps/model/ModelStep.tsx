import { ListFilter, Search } from 'lucide-react';
import { useState } from 'react';
import type { ModelRow } from '#common/contract/app/models.ts';
import { toFailure, TunesmithError } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { useApp } from '../../state/app.ts';
import { saveDraft, useDraft } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Callout, FailureCallout } from '../../ui/Callout.tsx';
import { bytes } from '../../ui/format.ts';
import { useAction, useAnswer } from '../../ui/hooks.ts';
import { Meter } from '../../ui/Meter.tsx';
import { BackLink, NextButton, Screen } from '../../ui/Screen.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { BaseFacts } from './BaseFacts.tsx';
import { FileTab, type Inspected } from './FileTab.tsx';
import { DeleteModelDialog, LicenseDialog } from './ModelDialogs.tsx';
import { ModelGrid } from './ModelGrid.tsx';
import { OllamaTab } from './OllamaTab.tsx';
import { useDownloads } from './use-downloads.ts';

type Place = 'catalogue' | 'ollama' | 'file';

export function ModelStep() {
  const draft = useDraft((state) => state.draft)!;
  const ollama = useApp((state) => state.ollama);
  const list = useAnswer((signal) => api.models.list({}, signal), ollama?.state ?? '');
  const found = useAnswer(
    async (signal) => (draft.base === null ? null : api.models.inspect({ id: draft.base.id }, signal)),
    draft.base?.id ?? '',
  );
  const [chosenPlace, setPlace] = useState<Place | null>(null);
  const [search, setSearch] = useState('');
  const [onlyFitting, setOnlyFitting] = useState(false);
  const work = useAction();
  const [reading, setReading] = useState<string | null>(null);
  const [result, setResult] = useState<Inspected | null>(null);
  const models = list.value?.models ?? [];
  const memoryBytes = list.value?.memoryBytes ?? 0;
  const ofOllama = models.filter(({ source }) => source === 'ollama');
  const catalogue = models.filter(({ source }) => source !== 'ollama').toSorted(bySuggestion);

  const downloads = useDownloads((id) => {
    list.again();
    const row = models.find((model) => model.id === id);
    if (row === undefined) return;
    // Who waits for it with nothing else chosen wants it.
    if (useDraft.getState().draft?.base === null) void choose(row.id, row.title);
    else say(words.model.isHere(row.title), { label: words.model.useIt, run: () => void choose(row.id, row.title) });
  });
  const isFile = draft.base !== null && models.length > 0 && !models.some(({ id }) => id === draft.base?.id);
  const place =
    chosenPlace ?? (ofOllama.some(({ id }) => id === draft.base?.id) ? 'ollama' : isFile ? 'file' : 'catalogue');
  const shown = (rows: readonly ModelRow[]): readonly ModelRow[] =>
    rows.filter((row) => matches(row, search) && (!onlyFitting || row.fit !== 'no'));

  const choose = async (id: string, title?: string): Promise<void> => {
    setReading(id);
    setResult(null);
    await work.run(async () => {
      const base = await api.models.inspect({ id });
      if (!base.info.supported) throw unsupported(base.info.reason ?? words.model.unknownKind(base.info.architecture));
      await saveDraft({ base: { id: base.id, title: title ?? base.info.name ?? base.id } });
    });
    setReading(null);
  };
  /** A file is looked at; what is wrong with it is told where it was dropped. */
  const chooseFile = async (path: string): Promise<void> => {
    setReading(path);
    setResult(null);
    try {
      const base = await api.models.inspect({ id: path });
      if (!base.info.supported) setResult({ kind: 'unsupported', path, base });
      else await saveDraft({ base: { id: base.id, title: base.info.name ?? base.id } });
    } catch (thrown) {
      setResult({ kind: 'failed', path, failure: toFailure(thrown) });
    }
    setReading(null);
  };
  const grid = (rows: readonly ModelRow[]) => (
    <ModelGrid
      rows={shown(rows)}
      memoryBytes={memoryBytes}
      chosen={reading ?? draft.base?.id ?? null}
      reading={reading}
      search={search.trim()}
      downloads={downloads}
      onChoose={(row) => void choose(row.id, row.title)}
    />
  );
  return (
    <Screen
      title={words.model.title}
      lede={words.model.lede}
      bar={
        <>
          <BackLink to={{ screen: 'home' }} label={words.shell.allRuns} />
          <span className="note" role="status">
            {reading !== null
              ? words.model.reading
              : draft.base === null
                ? words.model.chooseOne
                : words.model.ready(draft.base.title)}
          </span>
          <NextButton
            label={words.model.next}
            disabled={draft.base === null || reading !== null}
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
          <span className="row push">
            <label className="search">
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
            <Button
              aria-pressed={onlyFitting}
              className={onlyFitting ? 'pressed' : ''}
              onClick={() => setOnlyFitting(!onlyFitting)}
            >
              <ListFilter className="icon" aria-hidden />
              {words.model.fitsHere}
            </Button>
          </span>
        )}
      </div>
      <div className="stack" style={{ '--gap': '14px' } as React.CSSProperties}>
        <FailureCallout failure={list.failure} again={list.again} />
        <FailureCallout failure={work.failure ?? downloads.failure} />
        {place === 'catalogue' &&
          downloads.stopped.map(({ id, failure }) => (
            <FailureCallout key={id} failure={failure} {...resuming(downloads, models, id)} />
          ))}
        {place !== 'file' && list.value === null && list.failure === null && (
          <Meter label={words.model.looking} value={null} />
        )}
        {place === 'catalogue' && list.value !== null && grid(catalogue)}
        {place === 'ollama' && list.value !== null && (
          <OllamaTab status={ollama} count={ofOllama.length}>
            {grid(ofOllama)}
          </OllamaTab>
        )}
        {place === 'file' && (
          <FileTab
            chosen={isFile ? (draft.base?.id ?? null) : null}
            reading={reading}
            result={result}
            onChoose={chooseFile}
          />
        )}
        {found.value !== null && reading === null && result === null && (
          <BaseFacts base={found.value} title={draft.base?.title ?? ''} />
        )}
        <FailureCallout failure={found.failure} again={found.again} />
        {place !== 'file' && <Callout>{words.model.aboutFit}</Callout>}
      </div>
      {downloads.asking !== null && (
        <LicenseDialog row={downloads.asking} onAccept={downloads.accept} onClose={downloads.close} />
      )}
      {downloads.deleting !== null && (
        <DeleteModelDialog
          row={downloads.deleting}
          busy={downloads.actions.busyWith !== null}
          onDelete={() => void deleteFile(downloads.deleting!)}
          onClose={downloads.close}
        />
      )}
    </Screen>
  );

  async function deleteFile(row: ModelRow): Promise<void> {
    const freed = await downloads.delete(row);
    if (freed === null) return;
    // A project whose model is gone has to choose again.
    if (draft.base?.id === row.id) await saveDraft({ base: null });
    list.again();
    say(words.model.deleted(row.title, bytes(freed)));
  }
}

/** A failed download can be tried again where that may help. */
function resuming(downloads: ReturnType<typeof useDownloads>, models: readonly ModelRow[], id: string) {
  const row = models.find((model) => model.id === id);
  return row === undefined ? {} : { again: () => downloads.actions.download(row) };
}

/** The suggestion first, then what is here, then as main lists them. */
function bySuggestion(a: ModelRow, b: ModelRow): number {
  // A real model that came along needs no download: it comes before the one to download.
  const comesAlong = ({ origin, id, available, fit }: ModelRow): boolean =>
    origin === 'bundled' && id !== 'practice' && available && fit !== 'no';
  const rank = (row: ModelRow): number => (comesAlong(row) ? 0 : row.suggested ? 1 : row.available ? 2 : 3);
  return rank(a) - rank(b);
}

function matches({ title, goodFor, license }: ModelRow, search: string): boolean {
  const text = [title, goodFor, license].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function unsupported(reason: string): TunesmithError {
  return new TunesmithError('architecture-unsupported', reason);
}
