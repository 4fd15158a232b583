import { words } from '../../copy/index.ts';
import { duration } from '../../ui/format.ts';

/** A rehearsal measures seconds; over minutes a computer is a tenth quicker or a fifth slower, as other programs come and go. */
const quicker = 0.9;
const slower = 1.2;

/** `about 40 seconds`, `11 to 14 minutes`, `2 h 30 min to 3 h 10 min`. */
export function timeRange(seconds: number): string {
  if (seconds < 90) return words.train.aboutSeconds(Math.max(5, Math.round(seconds / 5) * 5));
  const [from, to] = [(seconds * quicker) / 60, (seconds * slower) / 60];
  if (to < 100) return words.train.minutes(Math.max(1, Math.floor(from)), Math.ceil(to));
  const tens = (minutes: number): string => duration(Math.round(minutes / 10) * 600);
  return words.train.hours(tens(from), tens(to));
}
