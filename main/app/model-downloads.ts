import { TunesmithError } from '#common/domain/errors.ts';
import { Downloads, type DownloadsDeps } from '../services/downloads/downloads.ts';
import type { EngineClient } from '../services/engine-process/engine.ts';

/** Downloads whose files the engine must be able to read before they count as models. */
export function openDownloads(places: DownloadsDeps['places'], engine: EngineClient): Downloads {
  return new Downloads({
    places,
    validate: async (path, signal) => {
      const { supported, reason } = await engine.inspect({ path }, signal);
      if (supported) return;
      throw new TunesmithError('architecture-unsupported', reason ?? 'Models of this kind cannot be taught here.', {
        advice: 'Choose another model.',
      });
    },
  });
}
