/**
 * The record as the first version has it. Times are milliseconds since 1970; `state`, `info`, `start`, `parity`
 * and `json` hold JSON that is parsed by its schema when it is read.
 */
export const record = `
CREATE TABLE bases (
  sha256 TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('file', 'ollama', 'catalogue')),
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  parameters INTEGER NOT NULL,
  info TEXT NOT NULL CHECK (json_valid(info)),
  seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE file_hashes (
  path TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE datasets (
  sha256 TEXT PRIMARY KEY,
  examples INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE dataset_sources (
  dataset TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE,
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  examples INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  PRIMARY KEY (dataset, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE recipes (
  sha256 TEXT PRIMARY KEY,
  json TEXT NOT NULL CHECK (json_valid(json))
) STRICT;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  base TEXT NOT NULL REFERENCES bases,
  dataset TEXT NOT NULL REFERENCES datasets,
  recipe TEXT NOT NULL REFERENCES recipes,
  seed INTEGER NOT NULL,
  engine_build TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  phase TEXT NOT NULL,
  state TEXT NOT NULL CHECK (json_valid(state)),
  owner TEXT,
  start TEXT CHECK (json_valid(start))
) STRICT;
CREATE INDEX runs_by_phase ON runs (phase);
CREATE INDEX runs_by_dataset ON runs (dataset);

CREATE TABLE steps (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  "update" INTEGER NOT NULL,
  epoch REAL NOT NULL,
  loss REAL,
  learning_rate REAL NOT NULL,
  gradient_norm REAL,
  tokens INTEGER NOT NULL,
  tokens_per_second REAL NOT NULL,
  resident_bytes INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (run, "update")
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluations (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  "update" INTEGER NOT NULL,
  held_out_loss REAL,
  token_accuracy REAL,
  learned_tokens INTEGER NOT NULL,
  PRIMARY KEY (run, "update")
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  "update" INTEGER NOT NULL,
  passed INTEGER NOT NULL,
  "of" INTEGER NOT NULL,
  stopped INTEGER NOT NULL,
  PRIMARY KEY (run, "update")
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  "update" INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  answer TEXT NOT NULL,
  expected TEXT,
  passed INTEGER,
  stopped INTEGER NOT NULL
) STRICT;
CREATE INDEX samples_by_run ON samples (run, "update");

CREATE TABLE notices (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  "update" INTEGER NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX notices_by_run ON notices (run);

CREATE TABLE artifacts (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  quant TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  subject TEXT NOT NULL,
  examples INTEGER NOT NULL,
  learned_tokens INTEGER NOT NULL,
  loss REAL,
  token_accuracy REAL,
  passed INTEGER,
  "of" INTEGER,
  stopped INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (run, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE comparisons (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  base TEXT NOT NULL,
  tuned TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE installed_models (
  server TEXT NOT NULL,
  name TEXT NOT NULL,
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  sha256 TEXT NOT NULL,
  quant TEXT,
  installed_at INTEGER NOT NULL,
  parity TEXT CHECK (json_valid(parity)),
  PRIMARY KEY (server, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX installed_models_by_run ON installed_models (run);
`;
