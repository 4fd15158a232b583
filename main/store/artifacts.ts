import path from 'node:path';
import type { Artifact, ArtifactKind, InstalledModel } from '#common/domain/artifact.ts';
import { read, write, type Db } from './database.ts';
import type { Store } from './store.ts';

interface ArtifactRow {
  readonly kind: ArtifactKind;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly quant: string | null;
}

/** Adds a file that a run made, given by its absolute path; a file at the same place replaces the one before. */
export function recordArtifact({ db, layout, now }: Store, run: string, artifact: Artifact): void {
  const place = recordedPath(path.join(layout.runs, run), artifact.path);
  write(db, () => {
    db.prepare(
      'INSERT OR REPLACE INTO artifacts (run, path, kind, bytes, sha256, quant, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(run, place, artifact.kind, artifact.bytes, artifact.sha256, artifact.quant ?? null, now());
  });
}

/** Takes a file that is gone out of the record. `path` is as recorded. */
export function forgetArtifact(db: Db, run: string, place: string): void {
  write(db, () => {
    db.prepare('DELETE FROM artifacts WHERE run = ? AND path = ?').run(run, place);
  });
}

/** All files of a run, oldest first. */
export function artifactsOf(db: Db, run: string): readonly Artifact[] {
  return db
    .prepare<[string], ArtifactRow>(
      'SELECT kind, path, bytes, sha256, quant FROM artifacts WHERE run = ? ORDER BY at, path',
    )
    .all(run)
    .map(toArtifact);
}

/** The newest file of a kind (and type of weights). */
export function findArtifact(db: Db, run: string, kind: ArtifactKind, quant?: string): Artifact | undefined {
  return artifactsOf(db, run).findLast((each) => each.kind === kind && (quant === undefined || each.quant === quant));
}

/** Where a recorded file lies: relative paths are below the run's folder. */
export function artifactFile(runFolder: string, artifact: Pick<Artifact, 'path'>): string {
  return path.resolve(runFolder, artifact.path);
}

/** Files of the run's own folder are recorded relative to it, so that the data folder can be moved. */
function recordedPath(runFolder: string, file: string): string {
  const way = path.relative(runFolder, file);
  const outside = way === '' || way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way);
  return outside ? path.resolve(file) : way.split(path.sep).join('/');
}

function toArtifact({ quant, ...rest }: ArtifactRow): Artifact {
  return quant === null ? rest : { ...rest, quant };
}

/** Notes a model that now stands in Ollama; a model installed under the same name before is replaced, as there. */
export function saveInstalledModel(db: Db, model: InstalledModel): void {
  write(db, () => {
    db.prepare(
      'INSERT OR REPLACE INTO installed_models (server, name, run, sha256, quant, installed_at, parity) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(
      model.server,
      model.name,
      model.runId,
      model.sha256,
      model.quant ?? null,
      model.installedAt,
      model.parity === undefined ? null : JSON.stringify(model.parity),
    );
  });
}

/** Notes that a model was removed from Ollama. */
export function forgetInstalledModel(db: Db, server: string, name: string): void {
  write(db, () => {
    db.prepare('DELETE FROM installed_models WHERE server = ? AND name = ?').run(server, name);
  });
}

interface InstalledRow {
  readonly server: string;
  readonly name: string;
  readonly run: string;
  readonly sha256: string;
  readonly quant: string | null;
  readonly installed_at: number;
  readonly parity: string | null;
}

/** Models in Ollama by the record, of one run or of all; newest first. */
export function installedModels(db: Db, run?: string): readonly InstalledModel[] {
  const rows = read(db, () =>
    db
      .prepare<[string | null], InstalledRow>(
        'SELECT * FROM installed_models WHERE run = ifnull(?, run) ORDER BY installed_at DESC, name',
      )
      .all(run ?? null),
  );
  return rows.map((row) => ({
    name: row.name,
    runId: row.run,
    sha256: row.sha256,
    server: row.server,
    installedAt: row.installed_at,
    ...(row.quant === null ? {} : { quant: row.quant }),
    ...(row.parity === null ? {} : { parity: JSON.parse(row.parity) as unknown }),
  }));
}
