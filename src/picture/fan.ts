import { bandPath, linePath } from './paths.ts';
import type { Scale } from './scale.ts';

/** Five quantiles of a stretch of time: 5, 25, 50, 75 and 95 %; null: it has no values. */
export interface FanPoint {
  readonly x: number;
  readonly quantiles: readonly [number, number, number, number, number] | null;
}

/** The `d` of the two bands of a fan and of its middle. */
export interface FanPaths {
  readonly outer: string;
  readonly inner: string;
  readonly middle: string;
}

/** A stretch without values is a hole in all three. A stretch alone between holes has no band, only its middle as a dot. */
export function fanPaths(points: readonly FanPoint[], y: Scale): FanPaths {
  const place = (point: FanPoint, at: 0 | 1 | 2 | 3 | 4): number | null =>
    point.quantiles === null ? null : y.at(point.quantiles[at]);
  const band = (low: 0 | 1, high: 3 | 4): string =>
    bandPath(points.map((point) => [point.x, place(point, low), place(point, high)] as const));
  return {
    outer: band(0, 4),
    inner: band(1, 3),
    middle: linePath(points.map((point) => [point.x, place(point, 2)] as const)),
  };
}
