/**
 * Two-sided sign test: the probability of a score at least as one-sided as `wins` to `losses` when both sides are
 * equally likely to win (exact binomial; ties are left out beforehand). 1 where nothing was decided.
 */
export function signTest(wins: number, losses: number): number {
  const decided = wins + losses;
  if (decided === 0) return 1;
  const fewer = Math.min(wins, losses);
  let tail = 0;
  for (let k = 0; k <= fewer; k += 1) tail += Math.exp(logChoose(decided, k) - decided * Math.LN2);
  return Math.min(1, 2 * tail);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}
