import { useCallback, useState } from 'react';
import type { z } from 'zod';

const prefix = 'kept:';

/**
 * As `useState`, for what was typed and not saved yet: this window finds it again after a reload. `forget` when it was saved
 * or given up. What lies there and does not fit the schema counts as nothing.
 */
export function useKept<T>(
  key: string,
  schema: z.ZodType<T>,
  initial: T | (() => T),
): readonly [value: T, keep: (value: T) => void, forget: () => void] {
  const place = `${prefix}${key}`;
  const [value, setValue] = useState<T>(
    () => readKept(place, schema) ?? (typeof initial === 'function' ? (initial as () => T)() : initial),
  );
  const keep = useCallback(
    (next: T) => {
      setValue(next);
      write(place, JSON.stringify(next));
    },
    [place],
  );
  const forget = useCallback(() => sessionStorage.removeItem(place), [place]);
  return [value, keep, forget];
}

function readKept<T>(place: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(sessionStorage.getItem(place) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

/** A text beyond the browser's room is kept on screen only. */
function write(place: string, text: string): void {
  try {
    sessionStorage.setItem(place, text);
  } catch {
    sessionStorage.removeItem(place);
  }
}
