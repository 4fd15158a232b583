import { envValue, pathRules, type Host } from './host.ts';

/**
 * Where the app keeps its state: `TUNESMITH_HOME` where it is set, else the system's place for application
 * data. A relative `TUNESMITH_HOME` is returned as it is; the caller resolves it against its working folder.
 */
export function dataFolder(host: Host): string {
  const { join, isAbsolute } = pathRules(host);
  const chosen = envValue(host, 'TUNESMITH_HOME');
  if (chosen !== undefined) return expandHome(host, chosen);
  switch (host.platform) {
    case 'win32':
      return join(envValue(host, 'APPDATA') ?? join(host.home, 'AppData', 'Roaming'), 'Tunesmith');
    case 'darwin':
      return join(host.home, 'Library', 'Application Support', 'Tunesmith');
    default: {
      const xdg = envValue(host, 'XDG_DATA_HOME');
      // The XDG base directory specification: a relative path is invalid and must be ignored.
      const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(host.home, '.local', 'share');
      return join(base, 'tunesmith');
    }
  }
}

/** `~` and `~/x` as shells read them; quotes in a shell or a line of an env file leave them unexpanded. */
function expandHome(host: Host, folder: string): string {
  if (folder === '~') return host.home;
  const separators = host.platform === 'win32' ? /^~[\\/]/ : /^~\//;
  return separators.test(folder) ? pathRules(host).join(host.home, folder.slice(2)) : folder;
}
