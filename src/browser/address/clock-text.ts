import { HOUR_MS, MINUTE_MS, wallClock } from '../../core/clock.ts';

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
  return new Date(wallClock(ms, timeZone)).toISOString().slice(0, 16).replace('T', ' ');
}

/** `+02:00`. */
function offsetOf(ms: number, timeZone: string): string {
  // The wall clock is told to the minute.
  const minutes = Math.ceil((wallClock(ms, timeZone) - ms) / MINUTE_MS);
  const figures = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const [hour, minute] = figures.map((figure) => String(figure).padStart(2, '0'));
  return `${minutes < 0 ? '-' : '+'}${hour}:${minute}`;
}
