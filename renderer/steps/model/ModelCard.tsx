import { Check, CircleAlert, TriangleAlert } from 'lucide-react';
import type { ModelRow } from '#common/contract/app/models.ts';
import { words } from '../../copy/index.ts';
import { bytes } from '../../ui/format.ts';

const looks = { well: ['good', Check], tight: ['warn', TriangleAlert], no: ['bad', CircleAlert] } as const;

interface Props {
  readonly row: ModelRow;
  readonly memoryBytes: number;
  readonly chosen: boolean;
  readonly busy: boolean;
  onChoose(): void;
}

export function ModelCard({ row, memoryBytes, chosen, busy, onChoose }: Props) {
  const [look, Icon] = looks[row.fit];
  const usable = row.available && row.fit !== 'no';
  return (
    <label className={`card choice mcard ${usable ? '' : 'off'}`}>
      <input type="radio" name="model" checked={chosen} disabled={!usable} onChange={onChoose} />
      <div className="top-line">
        <span className="dot" />
        <div>
          <h2>{row.title}</h2>
          <span className="tiny faint">
            {words.model.sizeAndLicence(bytes(row.bytes), row.license ?? words.model.noLicence)}
          </span>
        </div>
      </div>
      <p className="small dim">
        {row.fit === 'no'
          ? words.model.tooLarge(bytes(row.neededBytes), bytes(memoryBytes))
          : (row.note ?? row.goodFor)}
      </p>
      <div className="bot">
        <span className={`badge ${look}`}>
          <Icon className="icon" aria-hidden />
          {row.fit === 'tight'
            ? words.model.tightBy(bytes(row.neededBytes), bytes(memoryBytes))
            : words.model.fits[row.fit]}
        </span>
        <span className="tiny dim">
          {busy
            ? words.model.reading
            : !row.available
              ? words.model.notHere
              : row.source === 'ollama'
                ? words.model.fromOllama
                : words.model.here}
        </span>
      </div>
    </label>
  );
}
