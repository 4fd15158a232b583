import path from 'node:path';
import { registerRunFiles, unregisterRunFiles } from '#common/platform/run-files.ts';

/** What the installer on Windows asks of the program that it has just put somewhere, or is about to take away. */
export interface SquirrelRequest {
  /** To run one after the other before the app ends. */
  readonly commands: readonly (readonly [program: string, ...args: string[]])[];
}

/**
 * Squirrel starts the app with one of these words and waits for it to end: no window then. Shortcuts are made and removed by
 * Squirrel's own program, one folder above the app's; which program opens run files stands in the person's part of the registry. Null
 * where the app was started by a person.
 */
export function squirrelRequest(
  platform: NodeJS.Platform,
  argv: readonly string[],
  executable: string,
): SquirrelRequest | null {
  if (platform !== 'win32') return null;
  const { dirname, join, basename } = path.win32;
  const update = join(dirname(dirname(executable)), 'Update.exe');
  switch (argv[1]) {
    case '--squirrel-install':
    case '--squirrel-updated':
      return {
        commands: [...registerRunFiles(executable), [update, `--createShortcut=${basename(executable)}`]],
      };
    case '--squirrel-uninstall':
      // The person's data stays: docs/installing.md says where it lies.
      return { commands: [...unregisterRunFiles(), [update, `--removeShortcut=${basename(executable)}`]] };
    case '--squirrel-obsolete':
      return { commands: [] };
    default:
      return null;
  }
}
