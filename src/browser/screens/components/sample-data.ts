import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import type { Period } from '../../../core/windows/period.ts';
import type { RibbonSpan } from '../../../picture/ribbon.ts';
import type { TimePoint } from '../../charts/time-chart.tsx';

const START_MS = Date.UTC(2026, 2, 1);

export const SAMPLE_PERIOD: Period = { fromMs: START_MS, toMs: START_MS + 7 * DAY_MS };

const iso = (ms: number): string => new Date(ms).toISOString();

/** 200 characters, as long as a name may be, without a place to break. */
export const LONG_NAME = 'average_remaining_balance_of_all_instalments_'.repeat(5).slice(0, 200);
export const HOSTILE_NAME = '<script>alert("x")</script> 😀 שלום';

/** A wave of hours. */
export function samplePoints(hours: number, value: (hour: number) => number | null): TimePoint[] {
  return Array.from({ length: hours }, (_, hour) => ({
    start: iso(START_MS + hour * HOUR_MS),
    end: iso(START_MS + (hour + 1) * HOUR_MS),
    value: value(hour),
  }));
}

export const sampleWave = (hour: number): number => 0.8 + 0.05 * Math.sin(hour / 9);

/** Two days without windows, a day without values, and the newest hours still open. */
export const WITH_HOLES: readonly TimePoint[] = samplePoints(168, (hour) =>
  hour >= 96 && hour < 120 ? null : sampleWave(hour),
)
  .filter((_, hour) => hour < 40 || hour >= 88)
  .map((point, at, all) => ({
    ...point,
    low: point.value === null ? null : point.value - 0.02,
    high: point.value === null ? null : point.value + 0.02,
    provisional: at >= all.length - 6,
  }));

const SHOWN_VERDICTS: readonly RibbonSpan['verdict'][] = [
  'none',
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'data_fault',
  'mixed',
  'undetermined',
  'no_data',
  'open',
];

/** One stretch of each, with a gap in the middle. */
export const EVERY_VERDICT: readonly RibbonSpan[] = SHOWN_VERDICTS.map((verdict, at) => {
  const fromMs = START_MS + (at < 5 ? at : at + 1) * 16 * HOUR_MS;
  return { verdict, start: iso(fromMs), end: iso(fromMs + 16 * HOUR_MS) };
});

export const MANY_SPANS: readonly RibbonSpan[] = Array.from({ length: 168 }, (_, hour) => ({
  verdict: SHOWN_VERDICTS[(hour * 7) % 6] ?? 'none',
  start: iso(START_MS + hour * HOUR_MS),
  end: iso(START_MS + (hour + 1) * HOUR_MS),
}));
