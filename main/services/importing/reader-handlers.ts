import type { Handlers } from '#common/contract/define.ts';
import type { ImportingContract } from '#common/contract/importing.ts';
import { toFailure, TunesmithError } from '#common/domain/errors.ts';
import { examine } from '../doctor/examine.ts';
import { latestOf } from '../watch/latest.ts';
import { importFiles, type EmptyImport } from './import-files.ts';
import { formatNames, type Correction, type ImportProgress } from './report.ts';

export function readerHandlers(): Handlers<ImportingContract> {
  return {
    async *read({ paths, outPath, correction, examine: wanted }, signal) {
      const progress = latestOf<ImportProgress>();
      const work = importFiles(paths, {
        ...known(correction),
        outPath,
        examine: wanted,
        onProgress: progress.push,
        signal,
      });
      work.then(progress.end, progress.end);
      for await (const value of progress.values(signal)) yield { type: 'progress' as const, ...value };
      try {
        yield { type: 'done' as const, report: await work };
      } catch (error) {
        const tried = error instanceof TunesmithError && error.code === 'data-empty' ? error.cause : undefined;
        if (typeof tried !== 'object' || tried === null) throw error;
        yield { type: 'empty' as const, tried: tried as EmptyImport, failure: toFailure(error) };
      }
    },
    examine: ({ datasetPath, maxTokens }, signal) => examine(datasetPath, { maxTokens, signal }),
  };
}

type Wanted = Omit<Correction, 'format'> & { readonly format?: string | undefined };

function known({ format, ...rest }: Wanted): Correction {
  if (format === undefined) return rest;
  const name = formatNames.find((each) => each === format);
  if (name === undefined) throw new TunesmithError('bad-request', `There is no format "${format}".`);
  return { ...rest, format: name };
}
