import type { EvaluationReport } from '#common/contract/engine.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';

export interface EvaluateInput {
  readonly basePath: string;
  readonly adapterPath?: string | undefined;
  readonly datasetPath: string;
  readonly chatTemplate?: string | undefined;
  readonly maxTokens: number;
  readonly answers: boolean;
  readonly check: CheckSpec;
  readonly maxAnswerTokens: number;
  readonly threads: number | 'auto';
}

export type EvaluateEvent =
  | { readonly type: 'progress'; readonly stage: string; readonly completed: number; readonly total: number }
  | {
      readonly type: 'answer';
      readonly row: number;
      readonly prompt: string;
      readonly expected: string;
      readonly answer: string;
      readonly passed: boolean;
      readonly stopped: boolean;
    }
  | { readonly type: 'report'; readonly report: EvaluationReport };

/** Loss and accuracy of a model on examples; with `answers` also what it answers, put to the check. */
export function evaluate(
  engine: EngineClient,
  input: EvaluateInput,
  signal?: AbortSignal,
): AsyncIterable<EvaluateEvent> {
  const { adapterPath, chatTemplate, ...rest } = input;
  return engine.evaluate(
    {
      ...rest,
      ...(adapterPath === undefined ? {} : { adapterPath }),
      ...(chatTemplate === undefined ? {} : { chatTemplate }),
    },
    signal,
  );
}
