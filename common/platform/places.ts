import path from 'node:path';

/** Where the app's own files lie. All absolute. */
export interface Places {
  /**
   * `sources`: Node runs the TypeScript as it is. `built`: one file a process below `.vite/build` of a checkout. `packaged`: the same
   * inside `app.asar`, with what must be real files beside it.
   */
  readonly form: 'sources' | 'built' | 'packaged';
  /** The folder of package.json: the checkout, or `app.asar`. */
  readonly root: string;
  /** `samples`, `models`, `bin` and `icons` are folders in it. Never inside an archive. */
  readonly resources: string;
  /** What the child processes run. */
  readonly entries: { readonly engine: string; readonly chat: string; readonly reader: string };
  readonly preload: string;
  /** The built window. */
  readonly window: string;
}

/** For code in `folder`, which lies two below the app's root: `common/platform` in sources, `.vite/build` when built. */
export function placesOf(folder: string): Places {
  const root = path.resolve(folder, '../..');
  const build = path.join(root, '.vite', 'build');
  const isBuilt = path.resolve(folder) === build;
  const isPackaged = isBuilt && path.extname(root) === '.asar';
  return {
    form: isPackaged ? 'packaged' : isBuilt ? 'built' : 'sources',
    root,
    // Electron calls this process.resourcesPath; plain Node and every child process must find it too.
    resources: isPackaged ? path.dirname(root) : path.join(root, 'resources'),
    entries: isBuilt
      ? {
          engine: path.join(build, 'engine.cjs'),
          chat: path.join(build, 'chat.cjs'),
          reader: path.join(build, 'reader.cjs'),
        }
      : {
          engine: path.join(root, 'engine', 'host', 'main.ts'),
          chat: path.join(root, 'main', 'services', 'chat', 'process.ts'),
          reader: path.join(root, 'main', 'services', 'importing', 'process.ts'),
        },
    preload: path.join(build, 'preload.cjs'),
    window: path.join(root, '.vite', 'renderer'),
  };
}

export const places: Places = placesOf(import.meta.dirname);
