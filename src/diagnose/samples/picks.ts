import { remember } from '../../core/memory/remember.ts';

const SEED = 0x9e3779b9;

/**
 * At most `limit` of the given rows, drawn without replacement and in ascending order.
 *
 * Always the same rows for the same input (a fixed seed), so that a verdict can be recomputed; drawn at random
 * rather than by stride, because logs have periods and a stride can fall in step with one.
 */
export function drawRows(rows: Int32Array, limit: number): Int32Array {
  if (rows.length <= limit) return rows;
  const pool = Int32Array.from(rows);
  const random = mulberry32(SEED);
  for (let i = 0; i < limit; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    const kept = pool[j]!;
    pool[j] = pool[i]!;
    pool[i] = kept;
  }
  return pool.slice(0, limit).sort();
}

const KEPT_DRAWS = 16;
const drawnOf = new Map<string, Int32Array>();

/** The same of 0 to `count` − 1. Nobody may change it. */
export function drawOfAll(count: number, limit: number): Int32Array {
  if (count <= limit) return allRows(count);
  const key = `${count} ${limit}`;
  const known = drawnOf.get(key);
  if (known !== undefined) return known;
  const rows = drawRows(allRows(count), limit);
  remember(drawnOf, key, rows, KEPT_DRAWS);
  return rows;
}

const KEPT_COUNTS = 8;
const counted = new Map<number, Int32Array>();

/** 0 to `count` − 1. Nobody may change it. */
export function allRows(count: number): Int32Array {
  const known = counted.get(count);
  if (known !== undefined) return known;
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  remember(counted, count, rows, KEPT_COUNTS);
  return rows;
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
