/** What columns do by themselves: waves, levels that come and go, promotions, growth, crowds of levels. */
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { Draws } from '../draws.ts';

/** A Monday. */
export const WORLD_START_MS = Date.UTC(2026, 1, 2);
/** So long do schedules reach. */
const HORIZON_DAYS = 140;

export const hourOf = (ms: number): number => new Date(ms).getUTCHours();
/** Monday is 0. */
export const weekdayOf = (ms: number): number => (new Date(ms).getUTCDay() + 6) % 7;
export const isWeekend = (ms: number): boolean => weekdayOf(ms) >= 5;
export const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const weeksSince = (ms: number): number => (ms - WORLD_START_MS) / (7 * DAY_MS);

export function partOfDay(ms: number): 'night' | 'morning' | 'afternoon' | 'evening' {
  const hour = hourOf(ms);
  if (hour < 6) return 'night';
  if (hour < 12) return 'morning';
  return hour < 18 ? 'afternoon' : 'evening';
}

/** Between −1 twelve hours from the peak and 1 at it. */
export function dayCycle(ms: number, peakHour: number): number {
  return Math.cos((2 * Math.PI * ((ms % DAY_MS) / HOUR_MS - peakHour)) / 24);
}

/**
 * A number that wanders around 0 with standard deviation 1 and forgets half of where it was within the half-life
 * (Ornstein–Uhlenbeck, drawn exactly for any gap). Ask in order of time.
 */
export function wave(draw: Draws, halfLifeHours: number): (ms: number) => number {
  let atMs = WORLD_START_MS;
  let value = draw.normal();
  return (ms) => {
    if (ms > atMs) {
      const kept = 0.5 ** ((ms - atMs) / HOUR_MS / halfLifeHours);
      value = kept * value + Math.sqrt(1 - kept * kept) * draw.normal();
      atMs = ms;
    }
    return value;
  };
}

/** A spell of some days, from a moment on. */
interface Spell {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Promotion extends Spell {
  /** Which of the things on sale. */
  readonly item: number;
  /** Share of the rows that take it. */
  readonly share: number;
}

/** Some days of promotion, then some without, again and again; which is on now, null: none. */
export function promotions(
  draw: Draws,
  items: number,
  { lasts, pauses, share }: { lasts: number; pauses: number; share: number },
): (ms: number) => Promotion | null {
  const planned: Promotion[] = [];
  for (let day = pauses * draw.uniform(); day < HORIZON_DAYS;) {
    const days = lasts * (0.6 + 0.8 * draw.uniform());
    planned.push({
      fromMs: WORLD_START_MS + day * DAY_MS,
      untilMs: WORLD_START_MS + (day + days) * DAY_MS,
      item: Math.floor(items * draw.uniform()),
      share: share * (0.6 + 0.8 * draw.uniform()),
    });
    day += days + pauses * (0.4 + 1.2 * draw.uniform());
  }
  return (ms) => planned.find(({ fromMs, untilMs }) => ms >= fromMs && ms < untilMs) ?? null;
}

/**
 * Levels that come and go: each of the places is held by one for a while, then by the next that was never there before.
 * Answers the name that holds a place now; places are drawn by their weights.
 */
export function rota(
  draw: Draws,
  nameOf: (at: number) => string,
  { weights, staysDays }: { weights: readonly number[]; staysDays: number },
): (ms: number, draw: Draws) => string {
  let next = 0;
  const places = weights.map(() => {
    const holders: (Spell & { readonly name: string })[] = [];
    // The first has been there for a while.
    for (let day = -staysDays * draw.uniform(); day < HORIZON_DAYS;) {
      const days = staysDays * (0.5 - Math.log(draw.uniform()));
      const fromMs = WORLD_START_MS + day * DAY_MS;
      holders.push({ fromMs, untilMs: fromMs + days * DAY_MS, name: nameOf(next++) });
      day += days;
    }
    return holders;
  });
  return (ms, each) => {
    const place = places[each.choice(weights)] ?? [];
    return place.find(({ fromMs, untilMs }) => ms >= fromMs && ms < untilMs)?.name ?? nameOf(0);
  };
}

/** Thousands of levels, the k-th with a share that falls as k^−exponent. O(log levels) a draw. */
export function crowd(levels: number, exponent: number): (draw: Draws) => number {
  const upTo = new Float64Array(levels);
  let sum = 0;
  for (let i = 0; i < levels; i++) upTo[i] = sum += (i + 1) ** -exponent;
  return (draw) => {
    const wanted = sum * draw.uniform();
    let [low, high] = [0, levels - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** What prices have become: so much a week, with a slow wave around it. */
export function growth(draw: Draws, aWeek: number, wobble: number): (ms: number) => number {
  const slow = wave(draw, 24 * 7);
  return (ms) => Math.exp(aWeek * weeksSince(ms) + wobble * slow(ms));
}

/** Student's t with 2 degrees of freedom: no variance. */
export function wildNormal(draw: Draws): number {
  return draw.normal() / Math.sqrt(-Math.log(draw.uniform()));
}

/** Pareto from 1 on. */
export function pareto(draw: Draws, exponent: number): number {
  return draw.uniform() ** (-1 / exponent);
}

/** How many come together: most of them alone. */
export function groupSize(draw: Draws, share: number, largest: number): number {
  if (draw.uniform() >= share) return 1;
  return Math.min(largest, 1 + Math.floor(pareto(draw, 1.2) + draw.poisson(3)));
}

/** Moments of a Poisson stream that is busier now and quieter then. */
export function* arrivals(
  draw: Draws,
  { fromMs, untilMs, perDay, busy }: Spell & { readonly perDay: number; busy(ms: number): number },
): Generator<number> {
  for (let ms = fromMs; ;) {
    ms += (-Math.log(draw.uniform()) * DAY_MS) / (perDay * BUSIEST);
    if (ms >= untilMs) return;
    if (draw.uniform() * BUSIEST < busy(ms)) yield Math.floor(ms);
  }
}

/** No moment is busier than so many average ones. */
const BUSIEST = 3;
