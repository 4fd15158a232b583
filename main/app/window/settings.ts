import { readdir, realpath, stat } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import { settingsSchema, type Settings } from '#common/contract/app/settings.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
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

export function settingsHandlers(context: Context): Handlers<AppContract['settings']> {
  const { layout, host, desktop, engine, version, notices } = context;
  return {
    get: async () => readSettings(context),
    save: async (change) => {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const settings = { ...readSettings(context), ...given };
      writeJson(settingsFile(layout.root), settings);
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
      memoryBytes: totalmem(),
      notices: notices.map(({ message, advice }) => ({ message, ...(advice === undefined ? {} : { advice }) })),
    }),
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
