import { Cron } from 'croner';

/** Five fields (seconds would promise a precision nobody keeps) that name at least one instant to come. */
export function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true, mode: '5-part', timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
}

/** @example isTimeOfDay('08:00') // true */
export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}
