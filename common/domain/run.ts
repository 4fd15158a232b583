import { z } from 'zod';
import { sha256Schema } from './artifact.ts';
import { errorCodes } from './errors.ts';

/** What the training itself left behind: from here on nothing has to be learned again. */
export const trainedSchema = z
  .object({
    /** The update whose weights were kept. */
    keptUpdate: z.int().nonnegative(),
    /** Why these, in words. */
    reason: z.string(),
    adapter: z.object({ path: z.string().min(1), bytes: z.int().nonnegative(), sha256: sha256Schema }).readonly(),
  })
  .readonly();
export type Trained = z.infer<typeof trainedSchema>;

/** How far the training has come. */
export const progressSchema = z
  .object({
    update: z.int().nonnegative(),
    totalUpdates: z.int().nonnegative(),
    /** Update of the newest checkpoint: where a resumed run goes on. Null before the first. */
    checkpoint: z.int().nonnegative().nullable(),
    trained: trainedSchema.nullable(),
  })
  .readonly();
export type Progress = z.infer<typeof progressSchema>;

const failureSchema = z
  .object({ code: z.enum(errorCodes), message: z.string(), advice: z.string().optional(), retryable: z.boolean() })
  .readonly();

/** Phases in which a process is at work on the run. */
export const activePhases = ['queued', 'preparing', 'training', 'quantizing', 'installing', 'comparing'] as const;
export type ActivePhase = (typeof activePhases)[number];
/** Phases in which nothing happens until somebody asks. */
export const restingPhases = ['paused', 'done', 'failed', 'cancelled', 'interrupted'] as const;
export type RestingPhase = (typeof restingPhases)[number];
export type Phase = ActivePhase | RestingPhase;

const during = z.enum(activePhases);
/** When the phase began, milliseconds since 1970. */
const at = z.int();
const progress = progressSchema.nullable();

/** Where a run stands, with the data that only this phase has. `progress` is null before the first training. */
export const runStateSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('queued'), at, progress }),
  z.object({ phase: z.literal('preparing'), at, progress }),
  z.object({ phase: z.literal('training'), at, progress: progressSchema }),
  z.object({ phase: z.literal('quantizing'), at, progress: progressSchema, quant: z.string() }),
  z.object({ phase: z.literal('installing'), at, progress: progressSchema, name: z.string() }),
  z.object({ phase: z.literal('comparing'), at, progress: progressSchema }),
  z.object({ phase: z.literal('paused'), at, progress }),
  z.object({ phase: z.literal('done'), at, progress: progressSchema }),
  z.object({ phase: z.literal('failed'), at, progress, during, failure: failureSchema }),
  z.object({ phase: z.literal('cancelled'), at, progress, during: z.enum([...activePhases, 'paused']) }),
  /** `failure`: what ended its process, where that is known. */
  z.object({ phase: z.literal('interrupted'), at, progress, during, failure: failureSchema.optional() }),
]);
export type RunState = Readonly<z.infer<typeof runStateSchema>>;
export type RunStateOf<P extends Phase> = Extract<RunState, { phase: P }>;

/** What happens to a run. `at` is milliseconds since 1970. */
export type RunEvent =
  | { readonly type: 'prepare'; readonly at: number }
  /** Goes on from the newest checkpoint (or from the start where there is none). */
  | { readonly type: 'resume'; readonly at: number }
  | { readonly type: 'start'; readonly at: number; readonly update: number; readonly totalUpdates: number }
  | { readonly type: 'step'; readonly update: number }
  | { readonly type: 'checkpoint'; readonly update: number }
  | { readonly type: 'trained'; readonly trained: Trained }
  | { readonly type: 'pause'; readonly at: number }
  | { readonly type: 'quantize'; readonly at: number; readonly quant: string }
  | { readonly type: 'install'; readonly at: number; readonly name: string }
  | { readonly type: 'compare'; readonly at: number }
  | { readonly type: 'finish'; readonly at: number }
  | { readonly type: 'fail'; readonly at: number; readonly failure: z.infer<typeof failureSchema> }
  | { readonly type: 'cancel'; readonly at: number }
  /** Its process is gone. */
  | { readonly type: 'interrupt'; readonly at: number; readonly failure?: z.infer<typeof failureSchema> };

/** A run before anything happened. */
export function queued(at: number): RunStateOf<'queued'> {
  return { phase: 'queued', at, progress: null };
}

export function isActive(state: RunState): state is RunStateOf<ActivePhase> {
  return (activePhases as readonly string[]).includes(state.phase);
}

/** The adapter and its facts, or null while nothing was learned to the end. */
export function trainedOf(state: RunState): Trained | null {
  return state.progress?.trained ?? null;
}

/** True where `resume` is allowed: at rest, and the training did not come to its end. */
export function canResume(state: RunState): boolean {
  return !isActive(state) && trainedOf(state) === null;
}
