import { useState } from 'react';
import type { ModelRow } from '#common/contract/app/models.ts';
import { words } from '../../copy/index.ts';
import { Callout } from '../../ui/Callout.tsx';
import { FitDialog } from './ModelDialogs.tsx';
import { ModelCard } from './ModelCard.tsx';
import type { Downloads } from './use-downloads.ts';

interface Props {
  readonly rows: readonly ModelRow[];
  readonly memoryBytes: number;
  readonly chosen: string | null;
  readonly reading: string | null;
  readonly search: string;
  readonly downloads: Downloads;
  onChoose(row: ModelRow): void;
}

/** One radio group of cards: arrows move between what can be used. */
export function ModelGrid({ rows, memoryBytes, chosen, reading, search, downloads, onChoose }: Props) {
  const [why, setWhy] = useState<ModelRow | null>(null);
  return (
    <fieldset>
      <legend className="sr">{words.model.legend}</legend>
      {rows.length === 0 && <Callout>{search === '' ? words.model.noneFits : words.model.noneFound(search)}</Callout>}
      <ul className="grid3">
        {rows.map((row) => (
          <li key={row.id}>
            <ModelCard
              row={row}
              memoryBytes={memoryBytes}
              chosen={chosen === row.id}
              reading={reading === row.id}
              state={row.origin === 'download' ? downloads.stateOf(row.id) : null}
              actions={downloads.actions}
              onChoose={() => onChoose(row)}
              onWhy={() => setWhy(row)}
            />
          </li>
        ))}
      </ul>
      {why !== null && <FitDialog row={why} memoryBytes={memoryBytes} onClose={() => setWhy(null)} />}
    </fieldset>
  );
}
