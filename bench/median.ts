/** The middle one of some figures, of an even number the higher of the two in the middle. At least one is needed. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}
