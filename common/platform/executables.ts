import { envValue, pathRules, type Host } from './host.ts';

/**
 * Files to try, in order, when a person or the app names a program: the places of `PATH`, on Windows with each
 * ending of `PATHEXT`. A name that holds a separator is a path already and is only given its endings.
 */
export function executableCandidates(host: Host, name: string): readonly string[] {
  const { join, delimiter } = pathRules(host);
  const names = withEndings(host, name);
  if (/[/]/.test(name) || (host.platform === 'win32' && /[\\:]/.test(name))) return names;
  const folders = (envValue(host, 'PATH') ?? '')
    .split(delimiter)
    // Windows allows quotes around an entry; an empty POSIX entry means the working folder, which is no safe place to run from.
    .map((folder) => (host.platform === 'win32' ? folder.replaceAll('"', '') : folder))
    .filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((each) => join(folder, each)));
}

/** The first candidate that `isExecutable` accepts (pass a check of the file system), or undefined. */
export function findExecutable(
  host: Host,
  name: string,
  isExecutable: (candidate: string) => boolean,
): string | undefined {
  return executableCandidates(host, name).find(isExecutable);
}

/** Places where Ollama's program is found after its own installers ran: `PATH` first, then the usual folders. */
export function ollamaCandidates(host: Host): readonly string[] {
  const { join } = pathRules(host);
  const onPath = executableCandidates(host, 'ollama');
  switch (host.platform) {
    case 'win32': {
      const local = envValue(host, 'LOCALAPPDATA') ?? join(host.home, 'AppData', 'Local');
      return unique([...onPath, join(local, 'Programs', 'Ollama', 'ollama.exe')]);
    }
    case 'darwin':
      return unique([
        ...onPath,
        '/Applications/Ollama.app/Contents/Resources/ollama',
        join(host.home, 'Applications', 'Ollama.app', 'Contents', 'Resources', 'ollama'),
        '/opt/homebrew/bin/ollama',
        '/usr/local/bin/ollama',
      ]);
    default:
      return unique([
        ...onPath,
        '/usr/local/bin/ollama',
        '/usr/bin/ollama',
        '/snap/bin/ollama',
        join(host.home, '.local', 'bin', 'ollama'),
      ]);
  }
}

/** Other traces of an installed Ollama: a service that may be stopped, an app that was never opened. */
export function ollamaTraces(host: Host): readonly string[] {
  switch (host.platform) {
    case 'win32':
      return [];
    case 'darwin':
      return ['/Applications/Ollama.app'];
    default:
      return ['/etc/systemd/system/ollama.service'];
  }
}

function withEndings(host: Host, name: string): readonly string[] {
  if (host.platform !== 'win32') return [name];
  const endings = (envValue(host, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((each) => each !== '');
  const has = endings.some((ending) => name.toLowerCase().endsWith(ending.toLowerCase()));
  return has ? [name] : endings.map((ending) => `${name}${ending.toLowerCase()}`);
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)];
}
