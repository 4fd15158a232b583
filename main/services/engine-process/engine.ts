import { engineContract, type EngineContract } from '#common/contract/engine.ts';
import type { Client } from '#common/contract/define.ts';
import { places } from '#common/platform/places.ts';
import type { Launch } from '../child/launch.ts';
import { supervise, type Supervised } from '../child/supervise.ts';

export type EngineClient = Client<EngineContract>;
export type Engine = Supervised<EngineContract>;

export interface OpenEngineOptions {
  /** Gets the engine's last words when it dies. */
  readonly logFile?: string;
  /** How processes are started here; Node's fork where nothing else is said. */
  readonly launch?: Launch | undefined;
}

/**
 * The engine in a process of its own, started at the first call. Its death, by whatever native code does, ends the
 * open calls with `process-died`; the next call starts it again. Cancelling asks, waits two seconds, then kills: what
 * only looks at files is then asked again by itself.
 */
export function openEngine(options: OpenEngineOptions = {}): Engine {
  return supervise(engineContract, {
    entry: places.entries.engine,
    part: 'training engine',
    repeatable: ['devices', 'inspect', 'preview', 'measure', 'render', 'score'],
    ...options,
  });
}
