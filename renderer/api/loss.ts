/**
 * Why there is no connection. `ended`: nobody answers; `renewed`: Tunesmith was started again and does not know this window; `elsewhere`: another window has it; `unknown`: it may come back
 * any moment.
 */
export type Loss = 'ended' | 'renewed' | 'elsewhere' | 'unknown';

/** Asks the web host itself: a refused socket does not say why. */
export async function reasonOfLoss(): Promise<Loss> {
  if (window.tunesmith !== undefined) return 'unknown';
  try {
    const { status } = await fetch('/', { method: 'GET', cache: 'no-store' });
    return status === 403 ? 'renewed' : status === 200 ? 'elsewhere' : 'unknown';
  } catch {
    return 'ended';
  }
}
