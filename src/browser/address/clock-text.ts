import { HOUR_MS } from '../../core/clock.ts';

/** `2026-03-01 12:00`, of a zone's clock; of an hour that comes twice, when clocks are put back, with its offset. */
export function minuteText(moment: string | number, timeZone: string): string {
  const at = typeof moment === 'number' ? moment : Date.parse(moment);
  if (Number.isNaN(at)) return '';
  const text = clockText(at, timeZone);
  if (timeZone === 'UTC') return text;
  const isTwice = [-HOUR_MS, HOUR_MS].some((ms) => clockText(at + ms, timeZone) === text);
  return isTwice ? `${text} ${offsetOf(at, timeZone)}` : text;
}

/** What a field for a date and a time takes. */
export function fieldOfMoment(ms: number, timeZone: string): string {
  return clockText(ms, timeZone).replace(' ', 'T');
}

function clockText(ms: number, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(ms);
  const figure = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? '';
  return `${figure('year')}-${figure('month')}-${figure('day')} ${figure('hour')}:${figure('minute')}`;
}

/** `+02:00`. */
function offsetOf(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(ms);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return name.replace('GMT', '') || '+00:00';
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Making one takes as long as writing fifty times, and a screen may hold thousands. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  FORMATS.set(timeZone, format);
  return format;
}
