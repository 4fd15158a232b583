import { z } from 'zod';
import { freshWatch, watchStateSchema } from './divergence.ts';
import { versionSchema } from './keeper.ts';
import { initialLossScale } from './loss-scale.ts';

/**
 * Where a run is, apart from its weights: everything a checkpoint must hold so that a resumed run goes on exactly
 * as one that was never interrupted. The order of the examples and the dropout follow from the recipe's seed.
 */
export const progressSchema = z
  .object({
    /** Updates done. */
    update: z.int().nonnegative(),
    lossScale: z.object({ scale: z.number().positive(), calmUpdates: z.int() }).readonly(),
    /** Factor on the scheduled learning rate: halved by every roll-back. */
    rateFactor: z.number().positive(),
    rollbacks: z.int(),
    watch: watchStateSchema,
    /** Every evaluation so far, the base's (update 0) included. */
    versions: z.array(versionSchema).readonly(),
  })
  .readonly();
export type Progress = z.infer<typeof progressSchema>;

export const freshProgress: Progress = {
  update: 0,
  lossScale: initialLossScale,
  rateFactor: 1,
  rollbacks: 0,
  watch: freshWatch,
  versions: [],
};
