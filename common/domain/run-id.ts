/** Without 0/o, 1/l/i and vowels: easy to read out, and no words by accident. */
const alphabet = '23456789bcdfghjkmnpqrstvwxyz';

/**
 * A new run's id, e.g. `261123-000756-k7q`: date and time in UTC, so that ids sort by age, and three random
 * signs, so that two processes in one second differ and the ending is enough to name a run by hand.
 *
 * @param at milliseconds since 1970
 * @param random numbers in [0, 1)
 */
export function newRunId(at: number, random: () => number): string {
  const digits = new Date(at).toISOString().replaceAll(/\D/g, '');
  const sign = (): string => alphabet[Math.floor(random() * alphabet.length)] ?? '2';
  return `${digits.slice(2, 8)}-${digits.slice(8, 14)}-${sign()}${sign()}${sign()}`;
}

export function isRunId(text: string): boolean {
  return /^\d{6}-\d{6}-[2-9b-df-hj-np-tv-z]{3}$/.test(text);
}
