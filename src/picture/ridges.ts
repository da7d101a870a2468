import { coordinate } from './paths.ts';

/** A ridge in the picture: its outline over its own base. */
export interface Ridge {
  readonly d: string;
  /** Of its base, from the top. */
  readonly base: number;
}

export interface RidgeBox {
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** So many of the distances between bases the highest ridge is high: above 1 ridges overlap. */
  readonly overlap?: number;
}

/**
 * Distributions one below the other, the first at the top, all to one scale of height, so that a ridge that is narrower
 * is higher. Each of shares of equal widths of the axis; null: no values, and no outline, but its place is kept.
 */
export function ridgesOf(
  rows: readonly (readonly number[] | null)[],
  { left, right, height, overlap = 1.8 }: RidgeBox,
): Ridge[] {
  // The ends hold whatever lies beyond the axis: a heap there would flatten all that is within. It is cut off instead.
  const smooth = rows.map((shares) =>
    shares === null || shares.length < 3
      ? shares
      : [shares[0] ?? 0, ...smoothed(shares.slice(1, -1)), shares.at(-1) ?? 0],
  );
  const within = Math.max(0, ...smooth.flatMap((shares) => shares?.slice(1, -1) ?? []));
  const highest = within > 0 ? within : Math.max(0, ...smooth.flatMap((shares) => shares ?? []));
  // The first has room for what stands above its base.
  const step = height / Math.max(1, rows.length - 1 + overlap);
  return smooth.map((shares, row) => {
    const base = step * (overlap + row);
    if (shares === null || highest === 0) return { d: '', base };
    const width = (right - left) / Math.max(1, shares.length);
    const tops = shares.map(
      (share, at) =>
        `${coordinate(left + (at + 0.5) * width)} ${coordinate(base - Math.min(1, share / highest) * step * overlap)}`,
    );
    return {
      d: `M${coordinate(left)} ${coordinate(base)}L${tops.join('L')}L${coordinate(right)} ${coordinate(base)}Z`,
      base,
    };
  });
}

/** Each share with a quarter of both neighbours: the sum stays, single spikes are rounded. The ends keep what has no neighbour. */
export function smoothed(shares: readonly number[]): number[] {
  const last = shares.length - 1;
  return shares.map((share, at) => {
    const before = at === 0 ? share : (shares[at - 1] ?? 0);
    const after = at === last ? share : (shares[at + 1] ?? 0);
    return before / 4 + share / 2 + after / 4;
  });
}
