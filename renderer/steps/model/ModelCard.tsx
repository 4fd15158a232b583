import { Ban, Check, Gauge, Lightbulb } from 'lucide-react';
import { useId } from 'react';
import type { DownloadState, ModelRow } from '#common/contract/app/models.ts';
import { goodFor as catalogueWords } from '#common/words/good-for.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { bytes } from '../../ui/format.ts';
import { Menu } from '../../ui/Menu.tsx';
import { DownloadMeter } from './DownloadMeter.tsx';
import type { DownloadActions } from './use-downloads.ts';

const looks = { well: ['good', Check], tight: ['warn', Gauge], no: ['bad', Ban] } as const;

interface Props {
  readonly row: ModelRow;
  readonly memoryBytes: number;
  readonly chosen: boolean;
  readonly reading: boolean;
  /** Null for a model that is not downloaded by Tunesmith. */
  readonly state: DownloadState | null;
  readonly actions: DownloadActions;
  onChoose(): void;
  /** Explains the memory. */
  onWhy(): void;
}

/** The whole card is a radio button; the few buttons on it lie above. */
export function ModelCard({ row, memoryBytes, chosen, reading, state, actions, onChoose, onWhy }: Props) {
  const id = useId();
  const isReady = state === null ? row.available : state.phase === 'ready' && row.available;
  const usable = isReady && row.fit !== 'no';
  const isMoving = state !== null && ['downloading', 'checking', 'paused'].includes(state.phase);
  return (
    <div className={`card choice mcard ${row.fit === 'no' || (state === null && !row.available) ? 'off' : ''}`}>
      <input
        type="radio"
        name="model"
        checked={chosen}
        disabled={!usable}
        onChange={onChoose}
        id={id}
        aria-describedby={`${id}-about ${id}-fit`}
      />
      <div className="top-line">
        <span className="dot" />
        <div>
          <h2>
            <label htmlFor={id}>{row.title}</label>
          </h2>
          <span className="tiny faint">
            {words.model.sizeAndLicence(bytes(row.bytes), row.license ?? words.model.noLicence)}
          </span>
        </div>
      </div>
      <p className="small dim" id={`${id}-about`}>
        {row.fit === 'no' ? words.model.tooLarge(bytes(row.neededBytes), bytes(memoryBytes)) : aboutOf(row, isReady)}
      </p>
      {row.suggested && (
        <span className="suggested">
          <Lightbulb className="icon" aria-hidden />
          {words.model.suggested}
        </span>
      )}
      {isMoving && state !== null ? (
        <DownloadMeter id={row.id} title={row.title} state={state} actions={actions} />
      ) : (
        <div className="bot">
          <FitBadge row={row} memoryBytes={memoryBytes} id={`${id}-fit`} />
          <Trailer row={row} state={state} isReady={isReady} reading={reading} actions={actions} onWhy={onWhy} />
        </div>
      )}
    </div>
  );
}

function aboutOf(row: ModelRow, isReady: boolean): string {
  if (row.origin !== 'bundled' || isReady) return goodForOf(row) ?? row.note ?? words.model.kinds[row.origin];
  return words.model.missing;
}

function FitBadge({
  row,
  memoryBytes,
  id,
}: {
  readonly row: ModelRow;
  readonly memoryBytes: number;
  readonly id: string;
}) {
  const [look, Icon] = looks[row.fit];
  return (
    <span className={`badge ${look}`} id={id}>
      <Icon className="icon" aria-hidden />
      {row.fit === 'tight'
        ? words.model.tightBy(bytes(row.neededBytes), bytes(memoryBytes))
        : row.id === 'practice'
          ? words.model.fitsAnywhere
          : words.model.fits[row.fit]}
    </span>
  );
}

interface TrailerProps {
  readonly row: ModelRow;
  readonly state: DownloadState | null;
  readonly isReady: boolean;
  readonly reading: boolean;
  readonly actions: DownloadActions;
  onWhy(): void;
}

/** What can be done with the model, or where it is. */
function Trailer({ row, state, isReady, reading, actions, onWhy }: TrailerProps) {
  if (reading) return <span className="tiny dim">{words.model.reading}</span>;
  if (row.fit === 'no') {
    return (
      <span className="row">
        {isReady && state !== null && <DeleteMenu row={row} actions={actions} />}
        <Button look="quiet" small onClick={onWhy} aria-label={words.model.whyOf(row.title)}>
          {words.model.why}
        </Button>
      </span>
    );
  }
  if (state?.phase === 'absent') {
    return (
      <Button
        small
        busy={actions.busyWith === row.id}
        aria-label={words.model.downloadOf(row.title, bytes(row.bytes))}
        onClick={() => actions.download(row)}
      >
        {words.model.download(bytes(row.bytes))}
      </Button>
    );
  }
  return (
    <span className="row">
      <span className="tiny dim">{isReady ? words.model.places[row.origin] : (row.note ?? words.model.notHere)}</span>
      {isReady && state !== null && <DeleteMenu row={row} actions={actions} />}
    </span>
  );
}

function DeleteMenu({ row, actions }: { readonly row: ModelRow; readonly actions: DownloadActions }) {
  return (
    <Menu
      label={words.model.moreFor(row.title)}
      items={[{ label: words.model.deleteFile, danger: true, run: () => actions.askDelete(row) }]}
    />
  );
}

/** A file may say something of its own; of the catalogue's models the window has its words. */
function goodForOf({ id, goodFor }: ModelRow): string | null {
  const known: Readonly<Record<string, string>> = catalogueWords;
  const translated: Readonly<Record<string, string>> = words.model.goodFor;
  return goodFor !== null && goodFor === known[id] ? (translated[id] ?? goodFor) : goodFor;
}
