import { modelInfoSchema, type ModelInfo } from '#common/domain/model-info.ts';
import { read, write, type Db } from './database.ts';

/** A base model as it was used. */
export interface Base {
  readonly sha256: string;
  /** Absolute; where it was when it was last used. */
  readonly path: string;
  readonly source: 'file' | 'ollama' | 'catalogue';
  /** As the person named it: a file name, `ollama:NAME`, an id of the catalogue. */
  readonly name: string;
  readonly info: ModelInfo;
}

/** Adds a base, or refreshes where it lies. */
export function saveBase(db: Db, base: Base, at: number): void {
  write(db, () => {
    db.prepare(
      `INSERT INTO bases (sha256, path, source, name, bytes, parameters, info, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sha256) DO UPDATE SET path = excluded.path, source = excluded.source, name = excluded.name,
         info = excluded.info, seen_at = excluded.seen_at`,
    ).run(
      base.sha256,
      base.path,
      base.source,
      base.name,
      base.info.bytes,
      base.info.parameters,
      JSON.stringify(base.info),
      at,
    );
  });
}

export function findBase(db: Db, sha256: string): Base | undefined {
  const row = db
    .prepare<[string], { path: string; source: Base['source']; name: string; info: string }>(
      'SELECT path, source, name, info FROM bases WHERE sha256 = ?',
    )
    .get(sha256);
  if (row === undefined) return undefined;
  const { path, source, name, info } = row;
  return { sha256, path, source, name, info: modelInfoSchema.parse(JSON.parse(info)) };
}

/** What tells one state of a file from another without reading it. */
export interface FileState {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970, whole. */
  readonly modifiedAt: number;
}

/** The hash of a large file as it was computed before, if the file has not changed since. */
export function knownHash(db: Db, file: FileState): string | undefined {
  return read(db, () =>
    db
      .prepare<[string, number, number], { sha256: string }>(
        'SELECT sha256 FROM file_hashes WHERE path = ? AND bytes = ? AND modified_at = ?',
      )
      .get(file.path, file.bytes, file.modifiedAt),
  )?.sha256;
}

export function rememberHash(db: Db, file: FileState, sha256: string): void {
  write(db, () => {
    db.prepare('INSERT OR REPLACE INTO file_hashes (path, bytes, modified_at, sha256) VALUES (?, ?, ?, ?)').run(
      file.path,
      file.bytes,
      file.modifiedAt,
      sha256,
    );
  });
}
