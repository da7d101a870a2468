import type { TimePattern } from '../../core/findings.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** One plain sentence about a pattern that was found; times in UTC. */
export function patternSummary({
  pattern,
  interval,
  completed_at: completed,
  ended_at: ended,
  period,
}: TimePattern): string {
  const repeats = period === undefined ? '' : `every ${periodText(period)}`;
  if (pattern === 'recurring') return `Comes back ${repeats}.`;
  const began =
    interval === null ? 'Began' : `Began between ${minute(interval[0])} and ${minute(interval[1])}`;
  const after =
    ended !== undefined
      ? `; it had gone back by ${minute(ended)}`
      : completed !== undefined
        ? `; it was complete by ${minute(completed)}`
        : pattern === 'sudden'
          ? ''
          : '; it goes on';
  const beside = repeats === '' ? '' : `, on top of what repeats ${repeats}`;
  return `${began}, ${MANNER[pattern]}${after}${beside}.`;
}

const MANNER = {
  none: 'without a pattern',
  sudden: 'suddenly',
  gradual: 'gradually (more and more rows are of the new kind)',
  incremental: 'step by step',
  recurring: 'again and again',
} as const;

function minute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function periodText({ windows, ms }: NonNullable<TimePattern['period']>): string {
  if (ms === null) return `${windows} windows`;
  if (ms % DAY_MS === 0) return ms === DAY_MS ? 'day' : `${ms / DAY_MS} days`;
  if (ms % HOUR_MS === 0) return ms === HOUR_MS ? 'hour' : `${ms / HOUR_MS} hours`;
  return `${Number((ms / 60_000).toPrecision(3))} minutes`;
}
