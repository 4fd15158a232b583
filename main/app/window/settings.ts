import { lstat, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import { settingsSchema, type Settings } from '#common/contract/app/settings.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Host } from '#common/platform/host.ts';
import { places } from '#common/platform/places.ts';
import { freeSpace } from '../../services/storage/free-space.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';
import { Topic, watchTopic } from '../../services/watch/topic.ts';
import type { Context } from './context.ts';

const defaults: Settings = { theme: 'system', onCloseWhileTraining: 'ask', lastDraft: null };

export function readSettings({ layout }: Pick<Context, 'layout'>): Settings {
  return readJson(settingsFile(layout.root), settingsSchema) ?? defaults;
}

function settingsFile(root: string): string {
  return path.join(root, 'settings.json');
}

/**
 * Makes the settings count for what reads the environment: Ollama's address at once, the kernels for engines that are started
 * from now on. `given` is the environment as the app was started with it.
 */
export function applySettings(host: Host, given: Host['env'], settings: Settings): void {
  const ollama = settings.ollamaHost?.trim() ?? '';
  const env = host.env as Record<string, string | undefined>;
  env['OLLAMA_HOST'] = ollama === '' ? given['OLLAMA_HOST'] : ollama;
  const kernels = settings.kernels === 'off' ? 'off' : given['TUNESMITH_KERNELS'];
  env['TUNESMITH_KERNELS'] = kernels;
  if (kernels === undefined) delete process.env['TUNESMITH_KERNELS'];
  else process.env['TUNESMITH_KERNELS'] = kernels;
}

export function settingsHandlers(context: Context): Handlers<AppContract['settings']> {
  const { layout, host, desktop, engine, version, notices, engineBuild, givenEnv } = context;
  return {
    get: async () => readSettings(context),
    save: async (change) => {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const settings = { ...readSettings(context), ...given };
      writeJson(settingsFile(layout.root), settings);
      applySettings(host, givenEnv, settings);
      desktop?.setTheme(settings.theme);
      return settings;
    },
    about: async () => ({
      version,
      world: desktop === undefined ? ('browser' as const) : ('electron' as const),
      platform: host.platform,
      dataFolder: layout.root,
      freeBytes: (await freeSpace(layout.root)) ?? 0,
      home: host.home,
      logFolder: path.join(layout.root, 'logs'),
      engineBuild,
      runtimes: (['node', 'electron', 'chrome'] as const).flatMap((name) => {
        const found = process.versions[name];
        return found === undefined ? [] : [{ name, version: found }];
      }),
      memoryBytes: totalmem(),
      notices: notices.map(({ message, advice }) => ({ message, ...(advice === undefined ? {} : { advice }) })),
    }),
    thirdParty: async () => ({ text: await readFile(path.join(places.resources, 'third-party-notices.txt'), 'utf8') }),
    storage: async () => {
      const folders = foldersOf(layout);
      const known = new Set(Object.values(folders));
      const sizes = [];
      for (const [kind, folder] of Object.entries(folders) as [keyof typeof folders, string][]) {
        sizes.push({ kind, path: folder, ...(await sizeOf(folder)) });
      }
      let record = { bytes: 0, files: 0 };
      let rest = { bytes: 0, files: 0 };
      for (const name of await readdir(layout.root)) {
        const place = path.join(layout.root, name);
        if (known.has(place)) continue;
        const size = await sizeOf(place);
        if (place.startsWith(layout.database)) record = added(record, size);
        else rest = added(rest, size);
      }
      sizes.push({ kind: 'record' as const, path: layout.database, ...record });
      sizes.push({ kind: 'rest' as const, path: layout.root, ...rest });
      return sizes;
    },
    empty: async ({ kind }) => {
      const folder = foldersOf(layout)[kind];
      const { bytes } = await sizeOf(folder);
      await rm(folder, { recursive: true, force: true });
      return { freedBytes: bytes - (await sizeOf(folder)).bytes };
    },
    devices: (_input, signal) => engine.devices({}, signal),
    machine: (_input, signal) =>
      watchTopic(
        new Topic(),
        async () => ({
          freeBytes: process.availableMemory?.() ?? freemem(),
          memoryBytes: totalmem(),
          diskFreeBytes: (await freeSpace(layout.root)) ?? null,
        }),
        signal,
        { pollMs: 2000 },
      ),
  };
}

function foldersOf({ root, models, runs, datasets }: Context['layout']) {
  const below = (name: string): string => path.join(root, name);
  return {
    models,
    runs,
    datasets,
    drafts: below('drafts'),
    exports: below('exports'),
    logs: below('logs'),
    additions: below('additions'),
  };
}

const added = (a: { bytes: number; files: number }, b: { bytes: number; files: number }) => ({
  bytes: a.bytes + b.bytes,
  files: a.files + b.files,
});

/** Of a file, or of all below a folder; links count as nothing. */
async function sizeOf(place: string): Promise<{ bytes: number; files: number }> {
  const stats = await lstat(place).catch(() => undefined);
  if (stats?.isFile() === true) return { bytes: stats.size, files: 1 };
  if (stats?.isDirectory() !== true) return { bytes: 0, files: 0 };
  let sum = { bytes: 0, files: 0 };
  for (const name of await readdir(place)) sum = added(sum, await sizeOf(path.join(place, name)));
  return sum;
}

export function fileHandlers({ host, desktop }: Context): Handlers<AppContract['files']> {
  const onlyInWindow = () =>
    new TunesmithError('bad-request', 'A browser has no such dialog.', { advice: 'Choose from the list, or upload.' });
  return {
    list: async ({ folder = host.home }) => {
      const home = await realpath(host.home);
      const place = await realpath(path.resolve(folder)).catch((error: unknown) => {
        throw new TunesmithError('file-not-found', `${folder} is not there.`, { cause: error });
      });
      if (!isWithin(home, place)) {
        throw new TunesmithError('bad-request', `${folder} is not in your home folder.`, {
          advice: 'Choose a place in your home folder, or upload the file.',
        });
      }
      const names = await readdir(place, { withFileTypes: true }).catch((error: unknown) => {
        throw new TunesmithError('file-not-readable', `${folder} may not be read.`, { cause: error });
      });
      const entries = [];
      for (const { name } of names) {
        if (name.startsWith('.')) continue;
        const file = path.join(place, name);
        const facts = await stat(file).catch(() => undefined);
        if (facts === undefined || !(facts.isFile() || facts.isDirectory())) continue;
        const kind = facts.isDirectory() ? ('folder' as const) : ('file' as const);
        entries.push({ name, path: file, kind, bytes: facts.size, modifiedAt: Math.round(facts.mtimeMs) });
      }
      entries.sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'folder' ? -1 : 1));
      return { folder: place, parent: place === home ? null : path.dirname(place), entries };
    },
    choose: async ({ kind, suggestedName }) => {
      if (desktop === undefined) throw onlyInWindow();
      return { paths: [...(await desktop.choose(kind, suggestedName))] };
    },
    reveal: async ({ path: file }) => {
      if (desktop === undefined) throw onlyInWindow();
      desktop.reveal(file);
      return {};
    },
  };
}

function isWithin(folder: string, place: string): boolean {
  const relative = path.relative(folder, place);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}
