import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '#common/domain/errors.ts';
import { currentHost } from '#common/platform/host.ts';
import { openDataFolder } from '../services/paths.ts';
import { addRun, openTestStore, temporaryDataFolder } from '../../tests/support/record.ts';
import { startEvent, stepEvent } from '../../tests/support/record-events.ts';
import { write } from './database.ts';
import { deleteRun } from './delete-run.ts';
import { figuresOf } from './figures.ts';
import { migrate, recordVersion } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { isAlive } from './process-lock.ts';
import { listRuns } from './run-queries.ts';
import { changeRun, runState } from './runs.ts';
import { openStore } from './store.ts';
import { recordEvent } from './train-events.ts';

let layout: ReturnType<typeof temporaryDataFolder>;
const children: ChildProcess[] = [];
beforeEach(() => {
  layout = temporaryDataFolder();
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  layout[Symbol.dispose]();
});

/** Starts `record-child.ts` and gives its lines as they come. */
function start(what: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const script = path.join(import.meta.dirname, '../../tests/support/record-child.ts');
  const child = spawn(process.execPath, [script, layout.root, what], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function until(lines: AsyncIterator<string>, wanted: RegExp): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`The child ended before it said ${wanted}`);
    if (wanted.test(value)) return value;
  }
}

describe('the form of the record', () => {
  test('schema.sql is what the migrations make', async () => {
    const db = new Database(':memory:');
    migrate(db);
    const statements = db
      .prepare<[], { sql: string }>(
        `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type = 'index', name`,
      )
      .all()
      .map(({ sql }) => `${sql};\n`);
    const schema = `-- Made by the migrations; \`vitest run main/store -u\` writes it anew.\n\n${statements.join('\n')}`;
    await expect(schema).toMatchFileSnapshot('schema.sql');
    expect(db.pragma('foreign_key_check')).toEqual([]);
  });

  test('each migration runs once, in order, and wholly or not at all', () => {
    const db = new Database(':memory:');
    migrate(db);
    const next = { version: 2, sql: 'CREATE TABLE later (x INTEGER) STRICT; INSERT INTO later VALUES (1);' };
    const broken = { version: 3, sql: 'CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);' };
    expect(() => migrate(db, [...migrations, next, broken])).toThrowError(/nowhere/);
    expect(recordVersion(db)).toBe(2);
    expect(db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'half'`).pluck().get()).toBe(0);
    migrate(db, [...migrations, next]);
    expect(db.prepare('SELECT count(*) FROM later').pluck().get()).toBe(1);
    expect(() => migrate(db, [{ version: 4, sql: '' }])).toThrowError(/No way from version 2/);
  });

  test('a record of a newer app is refused and left as it is', () => {
    openTestStore(layout)[Symbol.dispose]();
    const db = new Database(layout.database);
    db.pragma('user_version = 99');
    db.close();
    const before = readFileSync(layout.database);
    expect(() => openTestStore(layout)).toThrowError(
      expect.objectContaining({ code: 'record-too-new', message: expect.stringContaining('version 99') }),
    );
    expect(readFileSync(layout.database)).toEqual(before);
  });
});

describe('a damaged record', () => {
  test.each<[string, (file: string) => void]>([
    [
      'is no database',
      (file) => writeFileSync(file, 'not a database, but long enough to be taken for one '.repeat(40)),
    ],
    [
      'has a torn page',
      (file) => {
        const bytes = readFileSync(file);
        bytes.fill(0xa5, 4096, 3 * 4096);
        writeFileSync(file, bytes);
      },
    ],
    [
      'is cut in half',
      (file) => {
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.subarray(0, bytes.length / 2));
      },
    ],
    [
      'belongs to another program',
      (file) => {
        writeFileSync(file, '');
        const other = new Database(file);
        other.exec('CREATE TABLE notes (text)');
        other.close();
      },
    ],
  ])('that %s is kept aside, and the person is told', (_name, damage) => {
    {
      using store = openTestStore(layout);
      addRun(store);
    }
    damage(layout.database);
    const damaged = readFileSync(layout.database);
    const notices: Failure[] = [];
    using store = openStore(layout, { onNotice: (notice) => notices.push(notice) });
    expect(notices).toMatchObject([{ code: 'record-damaged', advice: expect.stringContaining(layout.runs) }]);
    expect(listRuns(store.db)).toEqual([]);
    addRun(store);
    const aside = readdirSync(layout.root).filter((name) => /\.damaged-\d{8}T\d{6}\.sqlite$/.test(name));
    expect(aside).toHaveLength(1);
    expect(readFileSync(path.join(layout.root, aside[0] ?? ''))).toEqual(damaged);
    expect(notices[0]?.message).toContain(aside[0]);
  });
});

describe('the disk', () => {
  test('full: the change is refused in words, the record stays whole', () => {
    using store = openTestStore(layout);
    const { id } = addRun(store);
    changeRun(store, id, { type: 'prepare', at: 1 });
    // SQLite's own limit gives the same error as a disk without room.
    store.db.pragma(`max_page_count = ${Number(store.db.pragma('page_count', { simple: true }))}`);
    const fill = (): void => {
      for (let run = 0; run < 1000; run += 1) addRun(store);
    };
    expect(fill).toThrowError(expect.objectContaining({ code: 'disk-full', retryable: true }));
    expect(runState(store.db, id).phase).toBe('preparing');
    store.db.pragma('max_page_count = 1000000');
    expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
    addRun(store);
  });

  test('really full: said in words, whole again when there is room', ({ skip }) => {
    const small = path.join(layout.root, 'small');
    mkdirSync(small);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    if (mounted.status !== 0) return skip('not run: a small disk can only be mounted by root on Linux');
    try {
      const smallLayout = openDataFolder({ ...currentHost(), env: { TUNESMITH_HOME: small } });
      using store = openTestStore(smallLayout);
      const { id } = addRun(store);
      changeRun(store, id, { type: 'prepare', at: 1 });
      recordEvent(store, id, startEvent(0, 100_000));
      const ballast = path.join(small, 'ballast');
      writeFileSync(ballast, '');
      expect(() => {
        for (;;) appendFileSync(ballast, Buffer.alloc(4096));
      }).toThrowError(/ENOSPC/);
      const fill = (): void => {
        for (let update = 1; update <= 100_000; update += 1) recordEvent(store, id, stepEvent(update));
      };
      expect(fill).toThrowError(expect.objectContaining({ code: 'disk-full', retryable: true }));
      rmSync(ballast);
      const { update } = runState(store.db, id).progress ?? { update: 0 };
      expect(figuresOf(store.db, id).steps).toHaveLength(update);
      expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
      recordEvent(store, id, stepEvent(update + 1));
    } finally {
      spawnSync('umount', [small]);
    }
  });

  test.skipIf(process.getuid?.() !== 0)('read-only: said in words (needs root, to become nobody)', async () => {
    openTestStore(layout)[Symbol.dispose]();
    const script = `
      import { layoutOf } from ${JSON.stringify(path.join(import.meta.dirname, '../services/paths.ts'))};
      import { openStore } from ${JSON.stringify(path.join(import.meta.dirname, 'store.ts'))};
      try { openStore(layoutOf(${JSON.stringify(layout.root)}), { onNotice: console.log }); console.log('opened'); }
      catch (error) { console.log(error.code + ': ' + error.message); }`;
    chmodSync(layout.root, 0o755);
    chmodSync(layout.database, 0o644);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      uid: 65_534,
      gid: 65_534,
      cwd: '/',
    });
    const output = (await child.stdout.toArray()).join('');
    expect(output.trim()).toBe(`file-not-writable: The record of your runs (${layout.database}) may not be written.`);
  });
});

describe('several processes', () => {
  test('kill -9 in the middle of work loses nothing that was told, and the run becomes interrupted', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { child, lines } = start('steps');
      const id = (await until(lines, /^run /)).slice(4);
      let last = 0;
      const enough = 20 + Math.floor(Math.random() * 60);
      while (last < enough) last = Number((await until(lines, /^step /)).slice(5));
      await kill(child);
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        if (/^step \d+$/.test(next.value)) last = Number(next.value.slice(5));
      }
      using store = openTestStore(layout);
      expect(store.interrupted).toEqual([id]);
      expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
      const { steps } = figuresOf(store.db, id);
      expect(steps.map((step) => step.update)).toEqual(Array.from(steps, (_, index) => index + 1));
      // One more may have been committed than there was time to tell.
      expect([last, last + 1]).toContain(steps.length);
      expect(runState(store.db, id)).toMatchObject({
        phase: 'interrupted',
        during: 'training',
        progress: { update: steps.length },
      });
    }
  });

  test('kill -9 inside a transaction leaves nothing of it', async () => {
    const { child, lines } = start('transaction');
    const id = (await until(lines, /^run /)).slice(4);
    await until(lines, /^in transaction/);
    await kill(child);
    using store = openTestStore(layout);
    expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(figuresOf(store.db, id).steps).toEqual([]);
    expect(changeRun(store, id, { type: 'resume', at: 2 })).toMatchObject({
      phase: 'preparing',
      progress: { update: 0 },
    });
  });

  test('a live run of another process is not touched, and is free once that process is dead', async () => {
    const { child, lines } = start('wait');
    const id = (await until(lines, /^run /)).slice(4);
    await until(lines, /^ready/);
    using store = openTestStore(layout);
    expect(store.interrupted).toEqual([]);
    const busy = expect.objectContaining({
      code: 'run-busy',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    expect(() => changeRun(store, id, { type: 'cancel', at: 1 })).toThrowError(busy);
    expect(() => recordEvent(store, id, stepEvent(1))).toThrowError(busy);
    await expect(deleteRun(store, id)).rejects.toThrowError(busy);
    expect(runState(store.db, id).phase).toBe('training');
    // Both write: neither waits for the other's whole run.
    const mine = addRun(store, { title: 'Mine' });
    expect(listRuns(store.db)).toHaveLength(2);
    await kill(child);
    // This process was open all the time: it finds out when it asks for the run.
    expect(changeRun(store, id, { type: 'resume', at: 2 }).phase).toBe('preparing');
    expect(runState(store.db, mine.id).phase).toBe('queued');
  });

  test('several may start at once in a new folder', async () => {
    const started = Array.from({ length: 4 }, () => start('wait'));
    await Promise.all(started.map(({ lines }) => until(lines, /^ready/)));
    using store = openTestStore(layout);
    expect(store.interrupted).toEqual([]);
    expect(listRuns(store.db).map((run) => run.state.phase)).toEqual(Array(4).fill('training'));
  });

  test('locks of dead processes are tidied away, living ones stay', async () => {
    const { child, lines } = start('wait');
    await until(lines, /^ready/);
    const folder = path.join(layout.root, 'locks');
    {
      using store = openTestStore(layout);
      expect(isAlive(folder, store.owner)).toBe(true);
      expect(readdirSync(folder)).toHaveLength(2);
    }
    expect(readdirSync(folder)).toHaveLength(1);
    await kill(child);
    using store = openTestStore(layout);
    expect(readdirSync(folder)).toEqual([`${store.owner}.lock`]);
    expect(isAlive(folder, '../../etc/passwd')).toBe(false);
    expect(isAlive(folder, '1-000000000000')).toBe(false);
  });
});

test('a write inside a write is one transaction', () => {
  using store = openTestStore(layout);
  const { id } = addRun(store);
  const half = (): void =>
    write(store.db, () => {
      changeRun(store, id, { type: 'prepare', at: 1 });
      throw new Error('half way');
    });
  expect(half).toThrowError('half way');
  expect(runState(store.db, id).phase).toBe('queued');
});
