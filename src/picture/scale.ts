import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';

/** From values to places; outside of the domain it goes on. */
export interface Scale {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  at(value: number): number;
  /** The value at a place. */
  from(place: number): number;
}

/** A domain without extent is drawn in the middle. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain;
  const [start, end] = range;
  const span = high - low;
  return {
    domain,
    range,
    at: (value) => (span === 0 ? (start + end) / 2 : start + ((value - low) / span) * (end - start)),
    from: (place) => (end === start ? low : low + ((place - start) / (end - start)) * span),
  };
}

/**
 * About so many round values within a domain, for an axis: steps of 1, 2 or 5 times a power of ten.
 *
 * @example niceTicks([0, 1], 5) // [0, 0.2, 0.4, 0.6, 0.8, 1]
 */
export function niceTicks([low, high]: readonly [number, number], wanted: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((each) => each * power >= raw * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Rounded: sums of a tenth are not tenths.
  return Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}

const TIME_STEPS_MS = [
  ...[1, 5, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 7, 14, 28, 91, 364].map((n) => n * DAY_MS),
];

/** A moment on the axis of time, and what is written there. */
export interface TimeTick {
  readonly ms: number;
  readonly text: string;
}

/**
 * About so many round moments of a period, at clock times of a zone: days where the steps are days, else hours and
 * minutes, with the day where a new one begins.
 */
export function timeTicks(
  [fromMs, toMs]: readonly [number, number],
  wanted: number,
  timeZone: string,
): TimeTick[] {
  const raw = (toMs - fromMs) / Math.max(1, wanted);
  const step = TIME_STEPS_MS.find((each) => each >= raw) ?? Math.ceil(raw / (364 * DAY_MS)) * 364 * DAY_MS;
  // Of the zone's clock at the beginning: a change of the clock within moves later ticks by its hour.
  const offset = zoneOffsetMs(fromMs, timeZone);
  const first = Math.ceil((fromMs + offset) / step) * step - offset;
  const moments: number[] = [];
  for (let ms = first; ms <= toMs; ms += step) moments.push(ms);
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' });
  const year = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: '2-digit',
  });
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const isYears = toMs - fromMs > 300 * DAY_MS;
  return moments.map((ms) => {
    const isMidnight = (ms + offset) % DAY_MS === 0;
    if (step >= DAY_MS) return { ms, text: (isYears ? year : day).format(ms) };
    return { ms, text: isMidnight ? day.format(ms) : hour.format(ms) };
  });
}

function zoneOffsetMs(ms: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(ms);
  const figure = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(figure('year'), figure('month') - 1, figure('day'), figure('hour'), figure('minute'));
  return wall - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}
