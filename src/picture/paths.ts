/** Points of a curve in the picture; null where there is nothing, and the curve has a hole. */
export type Places = readonly (readonly [x: number, y: number | null])[];

/** A place with the digits a screen can show. */
export const coordinate = (value: number): string => String(Math.round(value * 10) / 10);

/**
 * The `d` of a curve through points; a hole begins it anew, and a point alone becomes a dot of no length, which round
 * caps make visible.
 *
 * @example linePath([[0, 1], [1, 2], [2, null], [3, 1]]) // 'M0 1L1 2M3 1h0'
 */
export function linePath(points: Places): string {
  return stretches(points)
    .map((stretch) =>
      stretch.length === 1
        ? `M${coordinate(stretch[0]?.[0] ?? 0)} ${coordinate(stretch[0]?.[1] ?? 0)}h0`
        : `M${stretch.map(([x, y]) => `${coordinate(x)} ${coordinate(y)}`).join('L')}`,
    )
    .join('');
}

/** The `d` of the points that stand alone between holes, which a thin curve would hide: for a thick one with round caps. */
export function dotsPath(points: Places): string {
  return stretches(points)
    .flatMap(([point, ...more]) => (point === undefined || more.length > 0 ? [] : [linePath([point])]))
    .join('');
}

/** The `d` of the area between two curves over the same places; nothing where either has a hole. */
export function bandPath(
  points: readonly (readonly [x: number, low: number | null, high: number | null])[],
): string {
  const low = points.map(([x, bottom, top]) => [x, top === null ? null : bottom] as const);
  const highAt = new Map(points.map(([x, , top]) => [x, top]));
  return stretches(low)
    .map((stretch) => {
      const back = [...stretch].reverse().map(([x]) => [x, highAt.get(x) ?? 0] as const);
      return `M${[...stretch, ...back].map(([x, y]) => `${coordinate(x)} ${coordinate(y)}`).join('L')}Z`;
    })
    .join('');
}

/**
 * A curve in two: what is known for good, and what is provisional, each provisional point with the way to those beside it.
 *
 * @example firmAndOpen([[0, 1], [1, 2], [2, 3]], [false, false, true]) // { firm: [[0, 1], [1, 2], [2, null]], open: [[0, null], [1, 2], [2, 3]] }
 */
export function firmAndOpen(
  points: Places,
  isOpen: readonly boolean[],
): { readonly firm: Places; readonly open: Places } {
  return {
    firm: points.map(([x, y], at) => [x, isOpen[at] === true ? null : y] as const),
    open: points.map(
      ([x, y], at) => [x, [at - 1, at, at + 1].some((n) => isOpen[n] === true) ? y : null] as const,
    ),
  };
}

/** Where no window lies between two, a curve must not say that something was measured: there `hole` stands. */
export function withHoles<Span extends { readonly start: string; readonly end: string }>(
  spans: readonly Span[],
  hole: (start: string, end: string) => Span,
): Span[] {
  return spans.flatMap((span, at) => {
    const before = spans[at - 1];
    if (before === undefined || Date.parse(span.start) <= Date.parse(before.end)) return [span];
    return [hole(before.end, span.start), span];
  });
}

function stretches(points: Places): (readonly [number, number])[][] {
  const found: (readonly [number, number])[][] = [];
  let open: (readonly [number, number])[] | null = null;
  for (const [x, y] of points) {
    if (y === null) open = null;
    else if (open === null) found.push((open = [[x, y]]));
    else open.push([x, y]);
  }
  return found;
}
