import { z } from 'zod';

/**
 * Tells a run that goes wrong from one that is merely noisy. Very short answers give gradient norms far above 100
 * in a healthy run, and clipping copes with them, so one large norm means nothing; what counts is that it goes on
 * while the loss climbs, or that the loss ends far above where an untaught model started.
 */
export const watchStateSchema = z
  .object({
    /** Losses of the first updates: what the untaught model makes of these examples. */
    firstLosses: z.array(z.number()).readonly(),
    /** Exponential moving average of the loss; null before the first update. */
    smoothLoss: z.number().nullable(),
    lowestSmoothLoss: z.number().nullable(),
    /** Updates in a row that look wrong. */
    suspiciousUpdates: z.int(),
  })
  .readonly();
export type WatchState = z.infer<typeof watchStateSchema>;

export type Trouble = 'explosion' | 'vanished-gradient';
export type Verdict =
  | { readonly kind: 'good' | 'suspicious' }
  | { readonly kind: 'diverged'; readonly trouble: Trouble };

export const freshWatch: WatchState = {
  firstLosses: [],
  smoothLoss: null,
  lowestSmoothLoss: null,
  suspiciousUpdates: 0,
};

const startUpdates = 5;
const smoothing = 0.3;
const sustainedUpdates = 3;
const largeNorm = 100;
/** With a loss this small a gradient of zero is what perfect learning looks like in limited precision. */
const learnedLoss = 0.01;

/** Looks at one more update. `loss` and `gradientNorm` are finite: other values never get this far. */
export function watchUpdate(
  state: WatchState,
  {
    loss,
    gradientNorm,
    warmingUp,
  }: { readonly loss: number; readonly gradientNorm: number; readonly warmingUp: boolean },
): { readonly state: WatchState; readonly verdict: Verdict } {
  const smoothLoss = state.smoothLoss === null ? loss : state.smoothLoss + smoothing * (loss - state.smoothLoss);
  const lowestSmoothLoss = Math.min(smoothLoss, state.lowestSmoothLoss ?? smoothLoss);
  const firstLosses = state.firstLosses.length < startUpdates ? [...state.firstLosses, loss] : state.firstLosses;
  const startLoss = firstLosses.reduce((sum, value) => sum + value, 0) / firstLosses.length;

  const climbing = gradientNorm > largeNorm && smoothLoss > 1.5 * lowestSmoothLoss + 0.5;
  const worseThanUntaught = firstLosses === state.firstLosses && smoothLoss > 1.5 * startLoss + 1;
  const vanished = gradientNorm === 0 && loss > learnedLoss;
  const suspicious = !warmingUp && (climbing || worseThanUntaught || vanished);

  const suspiciousUpdates = suspicious ? state.suspiciousUpdates + 1 : 0;
  const next = { firstLosses, smoothLoss, lowestSmoothLoss, suspiciousUpdates };
  if (suspiciousUpdates < sustainedUpdates)
    return { state: next, verdict: { kind: suspicious ? 'suspicious' : 'good' } };
  return { state: next, verdict: { kind: 'diverged', trouble: vanished ? 'vanished-gradient' : 'explosion' } };
}
