import { create } from 'zustand';
import type { About, Settings } from '#common/contract/app/settings.ts';
import type { OllamaStatus } from '#common/contract/app/installing.ts';
import type { RunSummary } from '#common/contract/app/runs.ts';
import type { Draft } from '#common/contract/app/drafts.ts';
import { api } from '../api/client.ts';
import { follow } from '../api/follow.ts';
import type { Loss } from '../api/loss.ts';
import { parseRoute, type Route } from './route.ts';

interface AppState {
  readonly connection: 'connecting' | 'open' | 'lost';
  /** Why it is lost. */
  readonly loss: Loss;
  /** Grows with each new connection: what follows main begins again. */
  readonly epoch: number;
  readonly route: Route;
  readonly about: About | null;
  readonly settings: Settings | null;
  readonly machine: {
    readonly freeBytes: number;
    readonly memoryBytes: number;
    readonly diskFreeBytes: number | null;
  } | null;
  readonly ollama: OllamaStatus | null;
  /** Null until main has answered. */
  readonly runs: readonly RunSummary[] | null;
  readonly drafts: readonly Draft[] | null;
}

export const useApp = create<AppState>(() => ({
  connection: 'connecting',
  loss: 'unknown',
  epoch: 0,
  route: parseRoute(window.location.hash),
  about: null,
  settings: null,
  machine: null,
  ollama: null,
  runs: null,
  drafts: null,
}));

let stops: (() => void)[] = [];

/** Called when a connection opens: asks for all that the frame shows. */
export function begin(): void {
  for (const stop of stops) stop();
  const set = useApp.setState;
  set((state) => ({ connection: 'open', epoch: state.epoch + 1 }));
  stops = [
    follow(
      (signal) => api.runs.watch({}, signal),
      (runs) => set({ runs }),
    ),
    follow(
      (signal) => api.settings.machine({}, signal),
      (machine) => set({ machine }),
    ),
    follow(
      (signal) => api.installing.ollama({}, signal),
      (ollama) => set({ ollama }),
    ),
  ];
  void api.settings.about({}).then(
    (about) => set({ about }),
    () => {},
  );
  void api.settings.get({}).then(applySettings, () => {});
  void refreshDrafts();
}

export async function refreshDrafts(): Promise<void> {
  useApp.setState({ drafts: await api.drafts.list({}).catch(() => useApp.getState().drafts) });
}

export async function saveSettings(change: Partial<Settings>): Promise<void> {
  applySettings(await api.settings.save(change));
}

function applySettings(settings: Settings): void {
  useApp.setState({ settings });
  const { theme } = settings;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

window.addEventListener('hashchange', () => useApp.setState({ route: parseRoute(window.location.hash) }));
