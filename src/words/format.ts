/** Numbers and times as a mail shows them: English, few digits, the timezone always said. */

/** @example formatShare(0.0312) // '3.1 %' */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent < 100 && percent > 99.9) return '> 99.9 %';
  const digits = percent < 10 && percent % 1 !== 0 ? 1 : 0;
  return `${percent.toFixed(digits)} %`;
}

/** Three significant digits, four from a thousand on. @example formatNumber(1234.5) // '1,235' */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(2);
  return value.toLocaleString('en-US', { maximumSignificantDigits: size >= 1000 ? 4 : 3 });
}

/** @example formatCount(12345) // '12,345' */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** @example formatP(1e-12) // 'p < 1e-9' */
export function formatP(p: number): string {
  if (p < 1e-9) return 'p < 1e-9';
  return p < 0.001 ? `p = ${p.toExponential(0)}` : `p = ${p.toFixed(3)}`;
}

/** One instant for the subject: `1 Mar 10:00`; with its year, `1 Mar 2025 10:00`, where it is not that of `besideMs`. */
export function formatShortTime(ms: number, timeZone: string, besideMs = ms): string {
  const { day, month, year, hour, minute } = timeParts(ms, timeZone);
  const isSameYear = year === timeParts(besideMs, timeZone).year;
  return `${day} ${month} ${isSameYear ? '' : `${year} `}${hour}:${minute}`;
}

/** @example formatDay(0, 'UTC') // '1 Jan 1970' */
export function formatDay(ms: number, timeZone: string): string {
  const parts = timeParts(ms, timeZone);
  return `${parts.day} ${parts.month} ${parts.year}`;
}

/** @example formatTime(0, 'UTC') // '1 Jan 1970 00:00 UTC' */
export function formatTime(ms: number, timeZone: string): string {
  const parts = timeParts(ms, timeZone);
  return `${parts.day} ${parts.month} ${parts.year} ${parts.hour}:${parts.minute} ${parts.zone}`;
}

/** From and to, naming the day twice only when it differs. For example: '1 Mar 2026 10:00–11:00 UTC' */
export function formatSpan(startMs: number, endMs: number, timeZone: string): string {
  const start = timeParts(startMs, timeZone);
  const end = timeParts(endMs, timeZone);
  const sameDay = start.day === end.day && start.month === end.month && start.year === end.year;
  if (!sameDay || start.zone !== end.zone) {
    return `${formatTime(startMs, timeZone)} – ${formatTime(endMs, timeZone)}`;
  }
  const day = `${start.day} ${start.month} ${start.year}`;
  return `${day} ${start.hour}:${start.minute}–${end.hour}:${end.minute} ${start.zone}`;
}

/** @example formatDuration(90_000_000) // '1 day 1 h' */
export function formatDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const days = Math.floor(minutes / 1_440);
  const hours = Math.floor((minutes % 1_440) / 60);
  const parts = [
    days > 0 ? `${days} day${days === 1 ? '' : 's'}` : '',
    hours > 0 ? `${hours} h` : '',
    days === 0 && minutes % 60 > 0 ? `${minutes % 60} min` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '0 min' : parts.join(' ');
}

function timeParts(ms: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return {
    year: part('year'),
    // "Sept" is four letters long in this locale, and only that month.
    month: part('month').slice(0, 3),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    zone: part('timeZoneName'),
  };
}
