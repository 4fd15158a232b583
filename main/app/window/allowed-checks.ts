import path from 'node:path';
import { z } from 'zod';
import { formatCheckSpec } from '#common/domain/check.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import type { DataLayout } from '../../services/paths.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';

/**
 * Programs that the person has seen and allowed to judge answers, by their exact command line and for one project or one
 * run alone: what a project of one's own may run, an imported one may not. Checks that run no program need no leave.
 */
export interface AllowedChecks {
  /** `subject`: id of a draft or of a run. */
  isAllowed(subject: string, check: CheckSpec): boolean;
  allow(subject: string, check: CheckSpec): void;
  /** Throws `check-not-allowed`, with the command line, where the check may not run. */
  require(subject: string, check: CheckSpec): void;
}

const fileSchema = z.record(z.string(), z.array(z.string()));

export function allowedChecks({ root }: DataLayout): AllowedChecks {
  const file = path.join(root, 'allowed-checks.json');
  const read = (): z.infer<typeof fileSchema> => readJson(file, fileSchema) ?? {};
  const of = (subject: string): readonly string[] => {
    const all = read();
    return Object.hasOwn(all, subject) ? (all[subject] ?? []) : [];
  };
  const isAllowed: AllowedChecks['isAllowed'] = (subject, check) =>
    check.kind !== 'command' || of(subject).includes(formatCheckSpec(check));
  return {
    isAllowed,
    allow(subject, check) {
      if (isAllowed(subject, check)) return;
      writeJson(file, { ...read(), [subject]: [...of(subject), formatCheckSpec(check)] });
    },
    require(subject, check) {
      if (isAllowed(subject, check)) return;
      throw new TunesmithError(
        'check-not-allowed',
        `The program “${formatCheckSpec(check)}” would judge the answers.`,
        {
          advice: 'Look at it and allow it first: it runs with your rights.',
        },
      );
    },
  };
}
