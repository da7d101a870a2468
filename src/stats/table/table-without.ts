import type { Table } from '../../core/table.ts';

/** The table without some of its features, and all that is remembered of them. The same object where it has none of them. */
export function tableWithout(table: Table, isLeftOut: (name: string) => boolean): Table {
  const { features, habits, windows } = table;
  const named = [
    ...(habits?.keys() ?? []),
    ...[...(windows?.values() ?? [])].flatMap((own) => [...own.features.keys()]),
  ];
  if (![...features.map(({ name }) => name), ...named].some(isLeftOut)) return table;
  const kept = <T>(of: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...of].filter(([name]) => !isLeftOut(name)));
  return {
    ...table,
    features: features.filter(({ name }) => !isLeftOut(name)),
    ...(habits !== undefined && { habits: kept(habits) }),
    ...(windows !== undefined && {
      windows: new Map(
        [...windows].map(([sizeMs, own]) => [sizeMs, { ...own, features: kept(own.features) }]),
      ),
    }),
  };
}
