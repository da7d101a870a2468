import { Cron } from 'croner';

/** Five fields (seconds would promise a precision nobody keeps) that name at least one instant to come. */
export function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true, mode: '5-part', timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
}
