/** Where a list continues: after the row with this key. Keys are plain values; edges make them opaque. */
export interface PageRequest<Key> {
  readonly limit: number;
  readonly after: Key | null;
}

export interface Page<Item, Key> {
  readonly items: Item[];
  /** Null on the last page. */
  readonly next: Key | null;
}

/**
 * Cuts a page out of rows that were selected with `limit + 1`: the extra row only tells that there is more.
 * Keyset paging, so that rows written meanwhile neither repeat nor vanish, and page 1,000 costs what page 1 does.
 */
export function cutPage<Item, Key>(rows: Item[], limit: number, keyOf: (item: Item) => Key): Page<Item, Key> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? keyOf(last) : null };
}
