/** Keeps a value that can be had again, and forgets the one that was kept first where there are `most` already. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  if (map.size >= most && !map.has(key)) {
    const oldest = map.keys().next();
    if (oldest.done !== true) map.delete(oldest.value);
  }
  map.set(key, value);
}

/** How often everything that was kept has been forgotten. */
let forgotten = 0;

/** Forgets what `keptWith` and its like keep in this thread, `smallKeptWith` aside, for a process that holds much: it is made again when it is asked for. O(1). */
export function forgetKept(): void {
  forgotten += 1;
}

/**
 * A pure function of one object, computed once and kept for as long as the object is: what is made of a reference serves every
 * window that is compared with it. Nobody may change what is given back.
 *
 * @example keptWith((values) => values.length)(Float64Array.of(1, 2)) // 2
 */
export function keptWith<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  let kept = new WeakMap<K, { readonly value: V }>();
  let madeAfter = forgotten;
  return (key) => {
    if (madeAfter !== forgotten) {
      kept = new WeakMap();
      madeAfter = forgotten;
    }
    let known = kept.get(key);
    if (known === undefined) kept.set(key, (known = { value: compute(key) }));
    return known.value;
  };
}

/**
 * The same for answers that are a few numbers, or a short list: `forgetKept` leaves them, since they hold next to nothing and take as long to make again as large
 * ones. They go with their object.
 *
 * @example smallKeptWith((values) => values.length)(Float64Array.of(1, 2)) // 2
 */
export function smallKeptWith<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const kept = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let known = kept.get(key);
    if (known === undefined) kept.set(key, (known = { value: compute(key) }));
    return known.value;
  };
}

/** The same for a function of two objects. */
export function keptWithBoth<A extends object, B extends object, V>(
  compute: (a: A, b: B) => V,
): (a: A, b: B) => V {
  const ofOne = keptWith((a: A) => keptWith((b: B) => compute(a, b)));
  return (a, b) => ofOne(a)(b);
}

/**
 * The same for a function of two objects that does not ask which is the first: each pair is computed once.
 *
 * @example keptOfPair((a, b) => a.length * b.length)(Float64Array.of(1, 2), Float64Array.of(3)) // 2
 */
export function keptOfPair<K extends object, V>(compute: (a: K, b: K) => V): (a: K, b: K) => V {
  let known = 0;
  const placeOf = keptWith<K, number>(() => (known += 1));
  const inOrder = keptWithBoth(compute);
  return (a, b) => (placeOf(a) <= placeOf(b) ? inOrder(a, b) : inOrder(b, a));
}

/** What `compute` gives, computed when it is first asked for. @example once(() => 3)() // 3 */
export function once<T>(compute: () => T): () => T {
  let known: { value: T } | null = null;
  return () => (known ??= { value: compute() }).value;
}
