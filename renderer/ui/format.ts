import { words } from '../copy/index.ts';

const { locale, units } = words;
const whole = new Intl.NumberFormat(locale);

export function count(value: number): string {
  return whole.format(Math.round(value));
}

function fixed(digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
}

/** `818 MB`, `3.9 MB`, `1.41 GB`: thousands, as shops and file managers count. */
export function bytes(value: number): string {
  const names = units.bytes;
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < names.length - 1) {
    size /= 1000;
    unit += 1;
  }
  // Megabytes below ten with one digit: the sizes of a tiny model differ by less than one of them.
  const digits = unit < 2 || size >= 100 ? 0 : unit === 2 ? Number(size < 9.95) : size >= 10 ? 1 : 2;
  return units.amount(fixed(digits).format(size), names[unit]!);
}

/** `9 s`, `4 min 20 s`, `2 h 40 min`. */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return units.seconds(total);
  if (total < 3600)
    return total < 600 && total % 60 > 0
      ? units.minutesAndSeconds(Math.floor(total / 60), total % 60)
      : units.minutes(Math.round(total / 60));
  const minutes = Math.round(total / 60);
  return minutes % 60 === 0 ? units.hours(minutes / 60) : units.hoursAndMinutes(Math.floor(minutes / 60), minutes % 60);
}

export function loss(value: number): string {
  return fixed(2).format(value);
}

export function percent(share: number): string {
  return units.percent(Math.round(share * 100));
}

const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hour12: false });

/** `Today, 18:04`, `Yesterday, 18:04`, `17 November`. */
export function when(at: number, now: number = Date.now()): string {
  const days = daysBetween(at, now);
  if (days === 0) return units.today(time.format(at));
  if (days === 1) return units.yesterday(time.format(at));
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayAndYear.format(at);
}

function daysBetween(from: number, to: number): number {
  const start = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((start(to) - start(from)) / 86_400_000);
}

/** `7be1…04c2` */
export function print(sha256: string): string {
  return `${sha256.slice(0, 4)}…${sha256.slice(-4)}`;
}

/** Last part of a path of any system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
