import { statSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '#common/platform/host.ts';
import { places } from '#common/platform/places.ts';
import type { DataLayout } from '../paths.ts';
import { bundledFolder, bundledModels, type BundledModel } from './bundled.ts';
import { catalogueOf } from './catalogue.ts';
import type { CatalogueEntry } from './entry.ts';

const { resources } = places;

/** What says where models of this computer are. */
export interface ModelPlaces {
  readonly host: Host;
  readonly layout: Pick<DataLayout, 'models'>;
}

/** A model that Tunesmith knows by an id, and its file where it is on this computer. */
export interface KnownModel {
  readonly id: string;
  readonly title: string;
  /** Null for a bundled file that no entry describes. */
  readonly entry: CatalogueEntry | null;
  readonly bundled: BundledModel | null;
  /** Absolute; null where it is not here. */
  readonly path: string | null;
  readonly bytes: number;
}

/** Bundled models first, then the rest of the catalogue. */
export function knownModels({ host, layout }: ModelPlaces): readonly KnownModel[] {
  const catalogue = catalogueOf(host);
  const bundled = bundledModels(bundledFolder(host, resources), catalogue);
  const withEntry = bundled.map((model): KnownModel => {
    const entry = catalogue.find(({ id }) => id === model.id) ?? null;
    const title = model.facts.title ?? entry?.title ?? model.id;
    return { id: model.id, title, entry, bundled: model, path: model.path, bytes: model.bytes };
  });
  const others = catalogue
    .filter(({ id }) => !bundled.some((model) => model.id === id))
    .map((entry): KnownModel => {
      const file = entry.remote === null ? null : path.join(layout.models, entry.remote.fileName);
      const size = file === null ? undefined : sizeOf(file);
      return {
        id: entry.id,
        title: entry.title,
        entry,
        bundled: null,
        path: size === undefined ? null : file,
        bytes: size ?? entry.bytes,
      };
    });
  return [...withEntry, ...others];
}

function sizeOf(file: string): number | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : undefined;
}
