/**
 * Dynamic loss scaling. The backward pass quantizes gradients in blocks with FP16 scales, so a gradient may be too
 * small (it vanishes) or too large (it becomes infinite). The summed loss is multiplied by a scale that starts where
 * real models were measured to be safe, halves when a gradient is not finite, and slowly returns to the start.
 */
export interface LossScale {
  readonly scale: number;
  /** Updates with finite gradients since the scale last changed. */
  readonly calmUpdates: number;
}

/** Measured on real models: 1 to 64 are equally good, below 1/512 gradients break, 65536 overflows on Vulkan. */
export const initialLossScale: LossScale = { scale: 16, calmUpdates: 0 };
const smallestScale = 1;
/** Many enough that a gradient that overflows again costs next to nothing. */
const updatesBeforeGrowth = 100;

/** After a gradient that was not finite; null where the scale is as small as it may be: the cause is another. */
export function reduceLossScale({ scale }: LossScale): LossScale | null {
  return scale / 2 < smallestScale ? null : { scale: scale / 2, calmUpdates: 0 };
}

/** After an update whose gradient was finite. */
export function growLossScale({ scale, calmUpdates }: LossScale): LossScale {
  if (calmUpdates + 1 < updatesBeforeGrowth) return { scale, calmUpdates: calmUpdates + 1 };
  return { scale: Math.min(initialLossScale.scale, scale * 2), calmUpdates: 0 };
}
