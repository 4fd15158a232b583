import { useCallback, useEffect, useRef, useState } from 'react';
import type { ExampleRow } from '#common/contract/app/examples.ts';
import { api } from '../../api/client.ts';

const pageSize = 100;

interface Wanted {
  readonly draft: string;
  readonly revision: number;
  readonly search: string;
  readonly rows: readonly number[] | null;
}

/** Rows of a virtual list, fetched a hundred at a time as they come into sight. */
export function usePages({ draft, revision, search, rows }: Wanted) {
  const cache = useRef(new Map<number, readonly ExampleRow[] | 'asked'>());
  const [{ total, loaded }, setShown] = useState({ total: 0, loaded: false, tick: 0 });
  const key = `${draft}.${revision}.${search}.${rows?.join() ?? ''}`;
  const current = useRef(key);
  current.current = key;
  const fetch = useCallback(
    async (page: number) => {
      if (cache.current.has(page)) return;
      cache.current.set(page, 'asked');
      try {
        const answer = await api.examples.rows({
          draft,
          offset: page * pageSize,
          limit: pageSize,
          ...(search === '' ? {} : { search }),
          ...(rows === null ? {} : { rows: rows.slice(0, 10_000) }),
        });
        if (current.current !== key) return;
        cache.current.set(page, answer.rows);
        setShown((shown) => ({ total: answer.total, loaded: true, tick: shown.tick + 1 }));
      } catch {
        if (current.current === key) cache.current.delete(page);
      }
    },
    [key],
  );
  useEffect(() => {
    cache.current = new Map();
    void fetch(0);
  }, [fetch]);
  return {
    total,
    loaded,
    rowAt(index: number): ExampleRow | undefined {
      const page = cache.current.get(Math.floor(index / pageSize));
      return page === undefined || page === 'asked' ? undefined : page[index % pageSize];
    },
    need: useCallback(
      (first: number, last: number) => {
        for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page += 1) void fetch(page);
      },
      [fetch],
    ),
  };
}
