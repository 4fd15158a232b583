import path from 'node:path';
import { z } from 'zod';
import type { AppContract } from '#common/contract/app/app.ts';
import { releaseSchema, type UpdatesState } from '#common/contract/app/updates.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError, toFailure, type Failure } from '#common/domain/errors.ts';
import { isNewer, releasePage, releasesFeed } from '#common/domain/project.ts';
import { envValue } from '#common/platform/host.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';
import { newestRelease } from '../../services/updates/feed.ts';
import { Topic, watchTopic } from '../../services/watch/topic.ts';
import type { Context } from './context.ts';

/** What is kept of it between two starts, in a file of its own. */
const keptSchema = z.object({
  /** What the person said in the desktop app, and in the browser: one says nothing of the other. */
  allowed: z.object({ electron: z.boolean().optional(), browser: z.boolean().optional() }),
  checkedAt: z.number().nullable(),
  newest: releaseSchema.nullable(),
});
type Kept = z.infer<typeof keptSchema>;

const dayMs = 24 * 60 * 60 * 1000;

export interface UpdatesTimes {
  /** After the start, when the person's work has begun. */
  readonly firstMs: number;
  /** How often it is looked whether a day has passed. */
  readonly everyMs: number;
}
const usualTimes: UpdatesTimes = { firstMs: 20_000, everyMs: 60 * 60 * 1000 };

export interface Updates extends AsyncDisposable {
  readonly handlers: Handlers<AppContract['updates']>;
}

/** Looks for newer versions where the person has said yes, once a day, or when the person asks. Tells; fetches and installs nothing. */
export function openUpdates(
  context: Pick<Context, 'host' | 'layout' | 'desktop' | 'version'>,
  times = usualTimes,
): Updates {
  const { host, layout, desktop, version } = context;
  const file = path.join(layout.root, 'updates.json');
  const world = desktop === undefined ? 'browser' : 'electron';
  const topic = new Topic();
  const ending = new AbortController();
  let failure: Failure | null = null;
  let going: Promise<void> | undefined;

  const kept = (): Kept => readJson(file, keptSchema) ?? { allowed: {}, checkedAt: null, newest: null };

  function state(): UpdatesState {
    const { allowed, checkedAt, newest } = kept();
    const said = allowed[world];
    return {
      mode: said === undefined ? 'unasked' : said ? 'on' : 'off',
      current: version,
      checking: going !== undefined,
      checkedAt,
      newer:
        newest !== null && isNewer(newest.version, version) ? { ...newest, page: releasePage(newest.version) } : null,
      failure,
    };
  }

  function check(): Promise<void> {
    going ??= look().finally(() => {
      going = undefined;
      topic.changed();
    });
    topic.changed();
    return going;
  }

  async function look(): Promise<void> {
    try {
      const newest = await newestRelease({ url: feedOf(), signal: ending.signal });
      writeJson(file, { ...kept(), checkedAt: Date.now(), newest } satisfies Kept);
      failure = null;
    } catch (error) {
      failure = toFailure(error);
    }
  }

  /** An organisation that publishes by itself names its own feed. */
  function feedOf(): URL {
    const own = envValue(host, 'TUNESMITH_RELEASES') ?? releasesFeed;
    if (URL.canParse(own)) return new URL(own);
    throw new TunesmithError('update-check-failed', `TUNESMITH_RELEASES is no address: ${own}`);
  }

  function lookIfDue(): void {
    const { mode, checkedAt } = state();
    if (mode === 'on' && Date.now() - (checkedAt ?? 0) >= dayMs) void check();
  }

  const first = setTimeout(lookIfDue, times.firstMs);
  const later = setInterval(lookIfDue, times.everyMs);
  first.unref();
  later.unref();

  return {
    handlers: {
      watch: (_input, signal) => watchTopic(topic, state, signal),
      allow: async ({ allowed }) => {
        const before = kept();
        writeJson(file, { ...before, allowed: { ...before.allowed, [world]: allowed } } satisfies Kept);
        topic.changed();
        if (allowed) lookIfDue();
        return {};
      },
      check: async () => {
        await check();
        return {};
      },
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(first);
      clearInterval(later);
      ending.abort(new TunesmithError('cancelled', 'Tunesmith is ending.'));
      await going;
    },
  };
}
