import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { draftSchema, type Draft, type DraftChange } from '#common/contract/app/drafts.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { readJson, writeJson } from '../storage/json-file.ts';

/** The wizards that are under way: one folder each, with `draft.json` and its examples. */
export interface Drafts {
  list(): readonly Draft[];
  create(title?: string): Draft;
  /** Throws `bad-request` where there is none. */
  get(id: string): Draft;
  save(id: string, change: DraftChange): Draft;
  delete(id: string): void;
  /** Absolute; exists where the draft does. */
  folder(id: string): string;
}

export function openDrafts(root: string, now: () => number = Date.now): Drafts {
  const folder = (id: string): string => path.join(root, id);
  const file = (id: string): string => path.join(folder(id), 'draft.json');
  const get = (id: string): Draft => {
    const draft = readJson(file(id), draftSchema);
    if (draft === undefined) {
      throw new TunesmithError('bad-request', 'This draft is not there any more.', { advice: 'Begin a new one.' });
    }
    return draft;
  };
  return {
    folder,
    get,
    list: () =>
      names(root)
        .map((id) => readJson(file(id), draftSchema))
        .filter((draft) => draft !== undefined)
        .toSorted((a, b) => b.updatedAt - a.updatedAt),
    create: (title = '') => {
      const at = now();
      const id = `d-${at.toString(36)}${randomBytes(3).toString('hex')}`;
      const draft: Draft = {
        id,
        title,
        createdAt: at,
        updatedAt: at,
        step: 'model',
        base: null,
        preset: 'balanced',
        overrides: {},
        check: { kind: 'similar' },
        questions: [],
        run: null,
        quant: null,
        installName: null,
        view: {},
      };
      writeJson(file(id), draft);
      return draft;
    },
    save: (id, change) => {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const draft = { ...get(id), ...given, id, updatedAt: now() };
      writeJson(file(id), draft);
      return draft;
    },
    delete: (id) => rmSync(folder(id), { recursive: true, force: true }),
  };
}

function names(root: string): readonly string[] {
  try {
    return readdirSync(root).filter((name) => name.startsWith('d-'));
  } catch {
    return [];
  }
}
