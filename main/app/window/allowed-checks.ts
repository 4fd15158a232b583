import path from 'node:path';
import { z } from 'zod';
import { formatCheckSpec } from '#common/domain/check.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import type { DataLayout } from '../../services/paths.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';

/**
 * Programs that the person has seen and allowed to judge answers, by their exact command line. Checks that run no program
 * need no leave.
 */
export function allowedChecks({ root }: DataLayout) {
  const file = path.join(root, 'allowed-checks.json');
  const read = (): readonly string[] => readJson(file, z.array(z.string())) ?? [];
  return {
    isAllowed: (check: CheckSpec): boolean => check.kind !== 'command' || read().includes(formatCheckSpec(check)),
    allow: (check: CheckSpec): void => {
      if (check.kind === 'command') writeJson(file, [...new Set([...read(), formatCheckSpec(check)])]);
    },
  };
}
