import type { HoldReason } from '../core/alert-hold.ts';
import type { Held } from '../decide/hold-notification.ts';
import type { AlertRow } from '../store/read-models/alerts.ts';
import { utcMinute } from './format.ts';

const WORDS: Readonly<Record<HoldReason, string>> = {
  silenced: 'silenced',
  muted_by_schedule: 'muted by',
  inhibited_by_no_data: 'held back while no data comes',
  inhibited_by_schema_fault: 'held back while the schema is broken',
  inhibited_by_data_fault: 'held back while its features are faulty',
  snoozed: 'snoozed by',
  acknowledged: 'acknowledged by',
};

/** Why people are not told of an alert now, and by whom; null when they are. */
export function holdLine({ held }: Pick<AlertRow, 'held'>, now: Held | null): string | null {
  if (now === null) return null;
  const who =
    now.reason === 'silenced'
      ? `, ${now.by}`
      : now.reason.startsWith('inhibited')
        ? ` (${now.by})`
        : ` ${now.by}`;
  const until = now.untilMs === null ? '' : `, until ${utcMinute(new Date(now.untilMs).toISOString())} UTC`;
  const owed = held?.message === 'firing' ? '; nobody has been told yet' : '';
  return `${WORDS[now.reason]}${who}${until}${owed}`;
}

/** When people hear of it again if nothing changes; null when they will not. */
export function reminderLine({ next_reminder_at: at, state }: AlertRow): string | null {
  if (at === null || state === 'pending' || state === 'resolved') return null;
  return `next reminder ${utcMinute(at)} UTC`;
}
