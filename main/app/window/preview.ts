import type { AppContract } from '#common/contract/app/app.ts';
import type { Draft } from '#common/contract/app/drafts.ts';
import type { Handlers } from '#common/contract/define.ts';
import type { PreviewRow } from '#common/contract/engine.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { resolveBase } from '../../features/models/resolve-base.ts';
import { baseOf, type Context } from './context.ts';

const longestByDefault = 2048;

export function previewHandlers(context: Context): Handlers<AppContract['preview']> {
  const { engine, drafts, examples } = context;

  async function asked(id: string, signal: AbortSignal) {
    const draft = drafts.get(id);
    const { path } = await resolveBase(baseOf(draft), context, signal);
    const info = await engine.inspect({ path }, signal);
    const { chatTemplate } = draft.overrides;
    return {
      info,
      request: {
        basePath: path,
        datasetPath: (await examples.file(id)).path,
        maxTokens: maxTokensOf(draft, info),
        ...(chatTemplate === undefined ? {} : { chatTemplate }),
      },
    };
  }

  return {
    rows: async (input, signal) => {
      const { request } = await asked(input.draft, signal);
      const rows: PreviewRow[] = [];
      for await (const row of engine.preview({ ...request, rows: input.rows }, signal)) rows.push(row);
      return { maxTokens: request.maxTokens, rows };
    },
    lengths: async (input, signal) => {
      const { request, info } = await asked(input.draft, signal);
      const measurement = await engine.measure(request, signal);
      return { maxTokens: request.maxTokens, contextLength: info.contextLength, measurement };
    },
  };
}

function maxTokensOf({ overrides }: Draft, { contextLength }: ModelInfo): number {
  return overrides.maxTokens ?? Math.min(longestByDefault, contextLength || longestByDefault);
}
