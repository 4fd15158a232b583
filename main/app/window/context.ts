import path from 'node:path';
import type { Client } from '#common/contract/define.ts';
import type { ChatContract } from '#common/contract/chat.ts';
import type { Draft } from '#common/contract/app/drafts.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { additionsVariable } from '#common/platform/additions.ts';
import type { Host } from '#common/platform/host.ts';
import { Cuda } from '../../services/additions/cuda.ts';
import { openChat } from '../../services/chat/chat.ts';
import type { Launch } from '../../services/child/launch.ts';
import type { Downloads } from '../../services/downloads/downloads.ts';
import { openDrafts, type Drafts } from '../../services/drafts/drafts.ts';
import { openDownloads } from '../model-downloads.ts';
import { openEngine, type EngineClient } from '../../services/engine-process/engine.ts';
import { ExampleSets } from '../../services/examples/example-sets.ts';
import { openReader, type ReaderClient } from '../../services/importing/reader.ts';
import { additionsFolder, openDataFolder, type DataLayout } from '../../services/paths.ts';
import { Topic } from '../../services/watch/topic.ts';
import { openStore, type Store } from '../../store/store.ts';
import { allowedChecks, type AllowedChecks } from './allowed-checks.ts';
import { watchBusy, type HeavyWork } from './busy.ts';
import { openedRuns, type OpenedRuns } from './opened-runs.ts';

export interface Notice {
  readonly message: string;
  readonly advice?: string | undefined;
}

/** What only a real window can do. Absent in a browser. */
export interface Desktop {
  choose(kind: 'examples' | 'folder' | 'model' | 'save-run', suggestedName?: string): Promise<readonly string[]>;
  reveal(file: string): void;
  setTheme(theme: 'system' | 'light' | 'dark'): void;
}

/** What the window's handlers work with. */
export interface Context extends AsyncDisposable {
  readonly host: Host;
  /** The environment as the app was started with it; that of `host` follows the settings. */
  readonly givenEnv: Host['env'];
  readonly layout: DataLayout;
  readonly store: Store;
  /** For quick looks: reading, measuring, rendering, checking. Cancelling one never disturbs a training. */
  readonly engine: EngineClient;
  /** For long work: training, shrinking, measuring answers. */
  readonly workEngine: EngineClient;
  /** The long work that the engine is at, if any. */
  readonly busyWith: () => HeavyWork | null;
  /** Programs that may judge answers. */
  readonly checks: AllowedChecks;
  readonly chat: Client<ChatContract>;
  /** Reads and examines files. */
  readonly reader: ReaderClient;
  readonly drafts: Drafts;
  readonly examples: ExampleSets;
  readonly notices: readonly Notice[];
  /** The same one twice is told once. */
  readonly addNotice: (notice: Notice) => void;
  readonly version: string;
  readonly engineBuild: string;
  readonly desktop: Desktop | undefined;
  /** Downloads of base models; they go on while nobody watches. */
  readonly modelDownloads: Downloads;
  /** CUDA's library, which the person may add. */
  readonly cuda: Cuda;
  /** Files that a browser may fetch once: token -> path. */
  readonly downloads: Map<string, string>;
  /** Run files that wait for the person's word. */
  readonly openedRuns: OpenedRuns;
  /** Told whenever the record or the work on a run changed. */
  readonly runsChanged: Topic;
}

export interface ContextOptions {
  readonly host: Host;
  readonly version: string;
  readonly engineBuild: string;
  readonly desktop?: Desktop | undefined;
  /** How engine and chat are started; Node's fork where nothing else is said. */
  readonly launch?: Launch | undefined;
}

/** Opens the data folder and the record; engine and chat start at their first use. Throws errors in words. */
export function openContext({ host: given, version, engineBuild, desktop, launch }: ContextOptions): Context {
  // A copy: settings change it, and must not change the environment of whoever started the app.
  const host: Host = { ...given, env: { ...given.env } };
  const layout = openDataFolder(host);
  const notices: Notice[] = [];
  const store = openStore(layout, { onNotice: ({ message, advice }) => notices.push({ message, advice }) });
  const logFile = (name: string): string => path.join(layout.root, 'logs', `${name}.log`);
  const engine = openEngine({ logFile: logFile('engine'), launch });
  const workEngine = openEngine({ logFile: logFile('engine'), launch });
  const watched = watchBusy(workEngine.client);
  const chat = openChat({ logFile: logFile('chat'), launch });
  const reader = openReader({ logFile: logFile('reader'), launch });
  const drafts = openDrafts(path.join(layout.root, 'drafts'));
  const examples = new ExampleSets((draft) => drafts.folder(draft));
  // Child processes inherit it.
  process.env[additionsVariable] = additionsFolder(layout);
  const cuda = new Cuda({ host, folder: additionsFolder(layout) });
  const modelDownloads = openDownloads({ host, layout }, engine.client);
  return {
    host,
    givenEnv: given.env,
    layout,
    store,
    engine: engine.client,
    workEngine: watched.client,
    busyWith: watched.busyWith,
    checks: allowedChecks(layout),
    chat: chat.client,
    reader: reader.client,
    drafts,
    examples,
    notices,
    addNotice(notice) {
      if (!notices.some(({ message }) => message === notice.message)) notices.push(notice);
    },
    version,
    engineBuild,
    desktop,
    modelDownloads,
    cuda,
    downloads: new Map(),
    openedRuns: openedRuns(),
    runsChanged: new Topic(),
    async [Symbol.asyncDispose]() {
      await Promise.all([examples, modelDownloads, cuda].map((each) => each[Symbol.asyncDispose]()));
      await Promise.all([engine, workEngine, chat, reader].map((each) => each[Symbol.asyncDispose]()));
      store[Symbol.dispose]();
    },
  };
}

/** What the draft's base is called, or an error that says to choose one. */
export function baseOf(draft: Draft): string {
  if (draft.base !== null) return draft.base.id;
  throw noBase();
}

function noBase(): TunesmithError {
  return new TunesmithError('bad-request', 'No model is chosen yet.', { advice: 'Choose one in the first step.' });
}
