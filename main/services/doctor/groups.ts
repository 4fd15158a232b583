/** Sets of rows that belong together, joined pair by pair (union-find). Rows count from 0. */
export class Groups {
  readonly #parent: number[] = [];

  constructor(count: number) {
    for (let row = 0; row < count; row += 1) this.#parent.push(row);
  }

  /** The row that stands for the whole set. */
  find(row: number): number {
    let root = row;
    while (this.#parent[root] !== root) root = this.#parent[root] ?? root;
    for (let at = row; at !== root;) {
      const next = this.#parent[at] ?? root;
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }

  /** The smaller row stands for the joined set, so that results do not depend on the order of joining. */
  join(a: number, b: number): void {
    const [low, high] = [this.find(a), this.find(b)].toSorted((x, y) => x - y);
    if (low !== undefined && high !== undefined) this.#parent[high] = low;
  }

  /** All sets of two or more rows, each ascending, in order of their first row. */
  several(): readonly (readonly number[])[] {
    return [...this.all().values()].filter((rows) => rows.length > 1);
  }

  all(): ReadonlyMap<number, readonly number[]> {
    const sets = new Map<number, number[]>();
    this.#parent.forEach((_, row) => {
      const root = this.find(row);
      const rows = sets.get(root);
      if (rows === undefined) sets.set(root, [row]);
      else rows.push(row);
    });
    return sets;
  }
}

/** Joins all rows that have the same key. */
export function joinEqual(groups: Groups, keys: Iterable<number>): void {
  const first = new Map<number, number>();
  let row = 0;
  for (const key of keys) {
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, row);
    else groups.join(earlier, row);
    row += 1;
  }
}
