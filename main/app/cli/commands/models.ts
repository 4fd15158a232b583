import { totalmem } from 'node:os';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { listModels, type ModelRow } from '../../../features/models/list-models.ts';
import { resolveBase } from '../../../features/models/resolve-base.ts';
import { sizeInWords } from '../../../services/storage/free-space.ts';
import { table } from '../table.ts';
import type { Workplace } from '../workplace.ts';

export async function models(work: Workplace): Promise<void> {
  const { output } = work;
  const rows: ModelRow[] = [];
  const { host, layout, signal } = work;
  const inspect = (path: string): Promise<ModelInfo> => work.engine.inspect({ path }, signal);
  for await (const row of listModels({ host, layout, memoryBytes: totalmem(), inspect, signal })) {
    rows.push(row);
    await output.row(row);
  }
  const cells = rows.map(({ id, title, bytes, license, fit, note, goodFor, suggested }) => [
    id,
    title,
    sizeInWords(bytes),
    license ?? '',
    { well: 'fits', tight: 'tight', no: 'too large here' }[fit],
    `${suggested ? 'suggested for this computer; ' : ''}${note ?? goodFor ?? ''}`,
  ]);
  for (const line of table([['BASE', 'MODEL', 'SIZE', 'LICENCE', 'MEMORY', ''], ...cells], [2]))
    await output.line(line);
  await output.line();
  await output.line('Any GGUF file of a supported architecture can be used too: give its path as BASE.');
}

export async function inspect(work: Workplace, baseText: string): Promise<void> {
  const { output } = work;
  const base = await resolveBase(baseText, work, work.signal);
  const info = await work.engine.inspect({ path: base.path }, work.signal);
  await output.row(info);
  for (const line of table(describe(info))) await output.line(line);
}

function describe(info: ModelInfo): string[][] {
  const millions = info.parameters / 1e6;
  return [
    ['Model', info.name ?? info.path],
    ['Architecture', info.architecture],
    ['Can be taught', info.supported ? 'yes' : `no: ${info.reason ?? 'unknown'}`],
    ['Parameters', millions >= 1000 ? `${(millions / 1000).toFixed(2)} billion` : `${millions.toFixed(1)} million`],
    ['Type of weights', info.fileType],
    ['Size', sizeInWords(info.bytes)],
    ['Longest text', `${info.contextLength} tokens`],
    ['Vocabulary', `${info.vocabulary} tokens`],
    ['Chat template', info.chatTemplate === null ? `none; ${info.templateFamily ?? 'no family’s'} is used` : 'its own'],
    ['End of an answer', info.endOfTurn ?? 'unknown'],
    ['Licence', info.license ?? 'not named in the file'],
  ];
}
