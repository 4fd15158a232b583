import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Example, Message } from '../../common/domain/example.ts';
import { importFiles } from '../../main/services/importing/import-files.ts';
import type { ImportOptions, ImportReport } from '../../main/services/importing/report.ts';

/** A temporary folder with files to import; removed when disposed. */
export class ImportFolder {
  readonly path: string;

  private constructor(folder: string) {
    this.path = folder;
  }

  static async create(): Promise<ImportFolder> {
    return new ImportFolder(await mkdtemp(path.join(tmpdir(), 'tunesmith-import-')));
  }

  get outPath(): string {
    return path.join(this.path, '.out', 'dataset.jsonl');
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const file = path.join(this.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  }

  async import(
    paths: string | readonly string[] = this.path,
    options: Partial<ImportOptions> = {},
  ): Promise<ImportReport & { readonly read: readonly Example[] }> {
    await mkdir(path.dirname(this.outPath), { recursive: true });
    const report = await importFiles(typeof paths === 'string' ? [paths] : paths, {
      outPath: this.outPath,
      ...options,
    });
    return { ...report, read: await readExamples(report.datasetPath) };
  }

  /** Writes one file and imports it. */
  async importText(content: string | Uint8Array, name = 'examples.txt', options: Partial<ImportOptions> = {}) {
    return this.import(await this.write(name, content), options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

export async function readExamples(file: string): Promise<readonly Example[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Example);
}

/** `[question, answer]` of each example, where each is a single pair. */
export function pairsOf(examples: readonly Example[]): readonly (readonly string[])[] {
  return examples.map(({ messages }) => messages.map(({ content }) => content));
}

export function pair(question: string, answer: string): readonly Message[] {
  return [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ];
}
