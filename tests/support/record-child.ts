/**
 * A process that works on the record, to be killed by the tests: `record-child.ts <data folder> <what>`. Prints one
 * line for everything it has committed.
 */
import { writeSync } from 'node:fs';
import { layoutOf } from '#main/services/paths.ts';
import { write } from '#main/store/database.ts';
import { openStore } from '#main/store/store.ts';
import { changeRun } from '#main/store/runs.ts';
import { recordEvent } from '#main/store/train-events.ts';
import { addRun } from './record.ts';
import { startEvent, stepEvent } from './record-events.ts';

const [root = '', what = ''] = process.argv.slice(2);

// Not console.log: a pipe's writes are only queued there, and a killed process would take them along.
const say = (line: string): void => void writeSync(1, `${line}\n`);
const store = openStore(layoutOf(root), { onNotice: (notice) => say(`notice ${notice.code}`) });
const { id } = addRun(store);
say(`run ${id}`);
changeRun(store, id, { type: 'prepare', at: 1 });
recordEvent(store, id, startEvent(0, 1_000_000));

switch (what) {
  case 'steps':
    for (let update = 1; ; update += 1) {
      recordEvent(store, id, stepEvent(update));
      say(`step ${update}`);
    }
  // eslint-disable-next-line no-fallthrough -- the loop has no end
  case 'transaction':
    write(store.db, () => {
      for (let update = 1; update <= 5000; update += 1) recordEvent(store, id, stepEvent(update));
      say('in transaction');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
    break;
  case 'wait':
    say('ready');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    break;
  default:
    throw new Error(`Unknown work: ${what}`);
}
