/**
 * For each of `count` values the index of the first of `points` ascending grid points that is not below it; `points`
 * when it is above all. NaN has none. A search without branches: halves are taken by arithmetic.
 */
export function locate(grid: usize, points: u32, values: usize, places: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (i << 3));
    let base: u32 = 0;
    let size = points;
    while (size > 1) {
      const half = size >> 1;
      base = select<u32>(base + half, base, load<f64>(grid + (<usize>(base + half - 1) << 3)) < x);
      size -= half;
    }
    if (points > 0 && load<f64>(grid + (<usize>base << 3)) < x) base++;
    store<u32>(places + (i << 2), base);
  }
}
