import { expect, test } from 'vitest';
import { hoursAndMinutes } from '../../../../src/diagnose/faults/units/hours-and-minutes.ts';
import { FEATURES, sample, sortedPair } from '../../samples-of-columns.ts';

const minutes = (seed: number, change = (value: number): number => value): Float64Array =>
  sample(seed, 1_500, (d) => change(Math.max(0, Math.round(110 + 45 * d.normal()))));
const said = (reference: Float64Array, current: Float64Array): string | undefined =>
  hoursAndMinutes(sortedPair(reference, current), FEATURES)?.finding.detail;
const sided = (value: number): number => 100 * Math.floor(value / 60) + (value % 60);

test('minutes became hours and minutes side by side, and were so before', () => {
  expect(said(minutes(1), minutes(2, sided))).toContain(
    'values fit minutes → hours and minutes side by side',
  );
  expect(said(minutes(1, sided), minutes(2))).toContain('taken back');
});

test('hours became hours and minutes', () => {
  const hours = (seed: number): Float64Array =>
    minutes(seed, (value) => Math.round((100 * value) / 60) / 100);
  const dotted = minutes(4, (value) => sided(value) / 100);
  expect(said(hours(3), dotted)).toContain('hours → hours and minutes');
});

test('minutes became hours and minutes with a point, and were so before', () => {
  const dotted = (value: number): number => sided(value) / 100;
  expect(said(minutes(9), minutes(10, dotted))).toContain(
    'values fit minutes → hours and minutes (90 is 1.30)',
  );
  expect(said(minutes(9, dotted), minutes(10))).toContain('taken back');
  expect(
    said(
      minutes(9),
      minutes(10, (value) => value / 100),
    ),
  ).toBeUndefined();
});

test('hours of a whole day, which hardly move by it', () => {
  const day = (seed: number): Float64Array =>
    sample(seed, 2_000, (d) => Math.round(100 * Math.min(21, Math.max(11, 16 + 2.5 * d.normal()))) / 100);
  const clock = day(6).map((hour) => Math.floor(hour) + Math.round(60 * (hour % 1)) / 100);
  expect(said(day(5), clock)).toContain('hours → hours and minutes');
  expect(said(day(5), day(6))).toBeUndefined();
});

test('long tails, whose remainders are spread evenly either way', () => {
  const dwell = (seed: number, change = (value: number): number => value): Float64Array =>
    sample(seed, 3_000, (d) => change(Math.round(6 + Math.exp(4.9 + 0.8 * d.normal()))));
  expect(said(dwell(7), dwell(8, sided))).toContain('minutes → hours and minutes side by side');
  expect(said(dwell(7, sided), dwell(8))).toContain('taken back');
  expect(said(dwell(7), dwell(8))).toBeUndefined();
  // What lies below a hundred is written alike, and a window that has no more is no spelling.
  expect(
    said(
      dwell(7),
      dwell(8, (value) => value % 60),
    ),
  ).toBeUndefined();
});

test('not minutes that are what they were, that became more, or that are quarters of an hour', () => {
  expect(said(minutes(1), minutes(2))).toBeUndefined();
  expect(
    said(
      minutes(1),
      minutes(2, (value) => 2 * value),
    ),
  ).toBeUndefined();
  const quarters = (value: number): number => 15 * Math.round(value / 15);
  expect(
    said(
      minutes(1),
      minutes(2, (value) => sided(quarters(value))),
    ),
  ).toBeUndefined();
  // Under an hour both are written alike.
  const short = (value: number): number => value % 50;
  expect(said(minutes(1, short), minutes(2, short))).toBeUndefined();
});

test('shares below 0.6 have no remainder above it because they are small', () => {
  const share = (seed: number, mean: number, spread: number): Float64Array =>
    sample(
      seed,
      1_500,
      (d) => Math.round(1e4 * Math.min(0.99, Math.max(0.01, mean + spread * d.normal()))) / 1e4,
    );
  const scaled = share(8, 0.42, 0.15).map((value) => Math.round(6e3 * value) / 1e4);
  expect(said(share(7, 0.42, 0.15), scaled)).toBeUndefined();
});

test('lots of a day, whose minutes wander a little: the gap between two hours is enough', () => {
  const brine = (seed: number): Float64Array => {
    const lots = sample(seed, 160, (d) => 118 + 28 * d.normal());
    return sample(seed + 1_000, 480, (d) =>
      sided(Math.round(lots[Math.floor(160 * d.uniform())]! + 3 * d.normal())),
    );
  };
  const before = sample(11, 6_000, (d) => Math.round(118 + 28 * d.normal()));
  const told = Array.from({ length: 40 }, (_, at) => said(before, brine(20 + at)));
  expect(told.filter((each) => each === undefined).length).toBe(0);
  // All of one hour: as many minutes more.
  const grown = sample(13, 470, (d) => Math.round(130 + 9 * d.normal()));
  expect(said(before, grown)).toBeUndefined();
});

test('waits of mostly less than an hour, with a point, in a week in which they were longer', () => {
  const waits = (seed: number, longer: number, change = (value: number): number => value): Float64Array =>
    sample(seed, 900, (d) => change(Math.round(longer * 36 * Math.exp(0.6 * d.normal()))));
  const dotted = (value: number): number => sided(value) / 100;
  expect(said(waits(11, 1), waits(12, 1.4, dotted))).toContain('hours and minutes (90 is 1.30)');
  expect(said(waits(11, 1), waits(12, 1.4))).toBeUndefined();
  expect(
    said(
      waits(11, 1),
      waits(12, 1.4, (value) => value / 60),
    ),
  ).toBeUndefined();
});
