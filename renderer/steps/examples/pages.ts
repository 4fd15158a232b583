import { useCallback, useEffect, useRef, useState } from 'react';
import type { ExampleRow } from '#common/contract/app/examples.ts';
import { toFailure, type Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';

const pageSize = 100;
/** A list shows the beginning of a text; the whole may be long. */
const shownChars = 300;

interface Wanted {
  readonly draft: string;
  readonly revision: number;
  readonly search: string;
  readonly file?: string;
  readonly rows: readonly number[] | null;
}

/** Rows of a virtual list, fetched a hundred at a time as they come into sight. */
export function usePages({ draft, revision, search, file = '', rows }: Wanted) {
  const cache = useRef(new Map<number, readonly ExampleRow[] | 'asked'>());
  const [{ total, loaded }, setShown] = useState({ total: 0, loaded: false, tick: 0 });
  const [failure, setFailure] = useState<Failure | null>(null);
  const key = `${draft}.${revision}.${search}.${file}.${rows?.join() ?? ''}`;
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
          chars: shownChars,
          ...(search === '' ? {} : { search }),
          ...(file === '' ? {} : { file }),
          ...(rows === null ? {} : { rows: rows.slice(0, 10_000) }),
        });
        if (current.current !== key) return;
        cache.current.set(page, answer.rows);
        setFailure(null);
        setShown((shown) => ({ total: answer.total, loaded: true, tick: shown.tick + 1 }));
      } catch (thrown) {
        if (current.current !== key) return;
        cache.current.delete(page);
        setFailure(toFailure(thrown));
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
    failure,
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
