import { record } from './0001-record.ts';

/** A step of the record's shape. Once released, a migration is never edited: the next one corrects it. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** In order, without gaps: version n turns a record of version n - 1 into one of version n. */
export const migrations: readonly Migration[] = [{ version: 1, sql: record }];
