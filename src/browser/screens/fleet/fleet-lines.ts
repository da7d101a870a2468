import type { Fleet } from '../../../store/rows/fleet.ts';

/** A line of the table: a model by its place among those that fit, or the heading of those that follow. */
export type FleetLine =
  | { readonly kind: 'model'; readonly place: number }
  | { readonly kind: 'group'; readonly place: number; readonly group: Fleet['groups'][number] };

/** Models with the headings of their groups among them, as if all were there. */
export function fleetLines({ total, groups }: Pick<Fleet, 'total' | 'groups'>): {
  readonly count: number;
  at(line: number): FleetLine;
} {
  const starts: number[] = [];
  let line = 0;
  for (const { models } of groups) {
    starts.push(line);
    line += models + 1;
  }
  return {
    count: total + groups.length,
    at: (at) => {
      const behind = starts.findLastIndex((start) => start <= at);
      const group = groups[behind];
      if (group === undefined) return { kind: 'model', place: at };
      const isHeading = starts[behind] === at;
      return isHeading
        ? { kind: 'group', place: at - behind, group }
        : { kind: 'model', place: at - behind - 1 };
    },
  };
}
