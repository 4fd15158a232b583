import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { rejectionSchema } from '#common/contract/app/examples.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Example } from '#common/domain/example.ts';
import { DatasetWriter, readDataset, type WrittenDataset } from '../importing/dataset-file.ts';
import { readJson, writeJson } from '../storage/json-file.ts';
import { ExampleSet, knownFileSchema } from './example-set.ts';

const besideSchema = z.object({
  revision: z.int(),
  files: z.array(knownFileSchema),
  rejected: z.array(rejectionSchema),
  rejectedCount: z.int(),
});

interface Open {
  readonly set: ExampleSet;
  readonly folder: string;
  savedRevision: number;
  written: WrittenDataset | undefined;
  timer: NodeJS.Timeout | undefined;
  saving: Promise<unknown>;
}

const saveAfterMs = 300;

/** The example sets of all drafts: read from their folder at first use, written back a moment after each change. */
export class ExampleSets implements AsyncDisposable {
  readonly #open = new Map<string, Promise<Open>>();
  readonly #folderOf: (draft: string) => string;

  constructor(folderOf: (draft: string) => string) {
    this.#folderOf = folderOf;
  }

  async get(draft: string): Promise<ExampleSet> {
    return (await this.#opened(draft)).set;
  }

  /** To be called after every change. */
  async changed(draft: string): Promise<void> {
    const open = await this.#opened(draft);
    clearTimeout(open.timer);
    open.timer = setTimeout(() => void this.#save(open).catch(() => undefined), saveAfterMs);
  }

  /** The data set as a file, as the set is now. Throws `data-empty` where there is no example yet. */
  async file(draft: string): Promise<WrittenDataset> {
    const open = await this.#opened(draft);
    if (open.set.state.rows.length === 0) {
      throw new TunesmithError('data-empty', 'There are no examples yet.', { advice: 'Add some first.' });
    }
    await this.#save(open);
    return open.written as WrittenDataset;
  }

  async forget(draft: string): Promise<void> {
    const open = await this.#open.get(draft);
    clearTimeout(open?.timer);
    await open?.saving;
    this.#open.delete(draft);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opening of this.#open.values()) {
      const open = await opening;
      clearTimeout(open.timer);
      await this.#save(open);
    }
  }

  #opened(draft: string): Promise<Open> {
    const known = this.#open.get(draft);
    if (known !== undefined) return known;
    const opening = read(this.#folderOf(draft));
    this.#open.set(draft, opening);
    opening.catch(() => this.#open.delete(draft));
    return opening;
  }

  /** One at a time; what changed meanwhile is written by the next. */
  #save(open: Open): Promise<unknown> {
    const next = open.saving.catch(() => undefined).then(() => save(open));
    open.saving = next.catch(() => undefined);
    return next;
  }
}

async function save(open: Open): Promise<void> {
  const { set, folder } = open;
  const { revision, state } = set;
  if (revision === open.savedRevision && open.written !== undefined) return;
  await using writer = await DatasetWriter.create(path.join(folder, 'examples.jsonl'));
  for (const example of state.rows) {
    const full = writer.add(example);
    if (full !== undefined) await full;
  }
  const written = await writer.finish();
  const { files, rejected, rejectedCount } = state;
  writeJson(path.join(folder, 'examples.json'), { revision, files, rejected, rejectedCount });
  open.savedRevision = revision;
  open.written = written;
}

async function read(folder: string): Promise<Open> {
  const beside = readJson(path.join(folder, 'examples.json'), besideSchema);
  const file = path.join(folder, 'examples.jsonl');
  const rows: Example[] = [];
  if (existsSync(file)) for await (const { example } of readDataset(file)) rows.push(example);
  const { files = [], rejected = [], rejectedCount = 0, revision = 0 } = beside ?? {};
  const set = new ExampleSet({ rows, files, rejected, rejectedCount }, revision);
  return {
    set,
    folder,
    // What is on the disk is what is in memory; only its hash is not known yet.
    savedRevision: rows.length === 0 ? -1 : revision,
    written: undefined,
    timer: undefined,
    saving: Promise.resolve(),
  };
}
