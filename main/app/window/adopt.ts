import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from '#common/domain/dataset.ts';
import { hashOfRows } from '../../services/examples/example-set.ts';
import { adoptDataset } from '../../store/datasets.ts';
import type { Context } from './context.ts';

/** Takes the draft's examples, as they are now, into the record; the draft keeps its own. */
export async function adoptExamples(
  { examples, layout, store }: Context,
  draft: string,
): Promise<{ readonly sha256: string; readonly path: string }> {
  const set = await examples.get(draft);
  const { sha256, bytes, examples: count, path: file } = await examples.file(draft);
  const copy = path.join(layout.tmp, `draft-${randomUUID()}.jsonl`);
  await copyFile(file, copy);
  const { files } = set.summary();
  const known = new Map(set.state.files.map((each) => [each.file, each]));
  const sources: DataSource[] = files.flatMap(({ file: from, examples: rows, rejected }) => {
    const facts = known.get(from);
    return facts === undefined
      ? []
      : [{ path: from, sha256: facts.sha256, bytes: facts.bytes, examples: rows, rejected }];
  });
  const typed = set.state.rows.filter(({ source }) => source === undefined);
  if (typed.length > 0) {
    const typedBytes = typed.reduce((sum, row) => sum + JSON.stringify(row.messages).length, 0);
    sources.push({ path: 'typed', sha256: hashOfRows(typed), bytes: typedBytes, examples: typed.length, rejected: 0 });
  }
  return { sha256, path: adoptDataset(store, { path: copy, sha256, bytes, examples: count, sources }) };
}
