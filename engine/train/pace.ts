/** How fast a run is and how long it still takes. Times in milliseconds in, seconds out. */
export interface Pace {
  /** Tokens trained on and the time they took. */
  addUpdate(tokens: number, elapsedMs: number): void;
  addEvaluation(elapsedMs: number): void;
  /** Over the last updates. 0 before the first. */
  tokensPerSecond(): number;
  /** Seconds for what is left, evaluations included as far as one was measured. */
  etaSeconds(remainingTokens: number, remainingEvaluations: number): number;
}

const recentUpdates = 10;

export function createPace(): Pace {
  const recent: { tokens: number; elapsedMs: number }[] = [];
  const evaluations = { count: 0, elapsedMs: 0 };
  const tokensPerSecond = (): number => {
    const tokens = recent.reduce((sum, update) => sum + update.tokens, 0);
    const elapsedMs = recent.reduce((sum, update) => sum + update.elapsedMs, 0);
    return tokens === 0 ? 0 : (tokens * 1000) / Math.max(elapsedMs, 0.001);
  };
  return {
    addUpdate(tokens, elapsedMs) {
      recent.push({ tokens, elapsedMs });
      if (recent.length > recentUpdates) recent.shift();
    },
    addEvaluation(elapsedMs) {
      evaluations.count++;
      evaluations.elapsedMs += elapsedMs;
    },
    tokensPerSecond,
    etaSeconds(remainingTokens, remainingEvaluations) {
      const rate = tokensPerSecond();
      const training = rate === 0 ? 0 : Math.max(0, remainingTokens) / rate;
      const perEvaluationMs = evaluations.count === 0 ? 0 : evaluations.elapsedMs / evaluations.count;
      return training + (remainingEvaluations * perEvaluationMs) / 1000;
    },
  };
}
