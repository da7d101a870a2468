import type { TimePattern } from '../../core/findings.ts';
import { formatDuration, formatTime } from '../../words/format.ts';

const MANNER: Record<TimePattern['pattern'], string> = {
  none: '',
  sudden: 'suddenly',
  gradual: 'gradually: more and more rows are of the new kind',
  incremental: 'step by step',
  recurring: '',
};

/** When and how what moved began, as far as the windows before tell; null where they do not. */
export function beganLine(found: TimePattern | undefined, timeZone: string): string | null {
  if (found === undefined || found.pattern === 'none') return null;
  const { pattern, interval, period } = found;
  const repeats =
    period === undefined
      ? ''
      : period.ms === null
        ? `every ${period.windows} windows`
        : `every ${formatDuration(period.ms)}`;
  if (pattern === 'recurring') return `it comes back ${repeats}`;
  if (interval === null) return null;
  const [from, to] = interval.map((iso) => formatTime(Date.parse(iso), timeZone)) as [string, string];
  const beside = repeats === '' ? '' : `, on top of what repeats ${repeats}`;
  return `between ${from} and ${to}, ${MANNER[pattern]}${beside}`;
}
