import type { Held, HoldReason } from '../core/alerts/alert-hold.ts';
import { utcMinute } from './page-format.ts';

const WORDS: Readonly<Record<HoldReason, (by: string) => string>> = {
  silenced: (silence) => silence,
  muted_by_schedule: (schedule) => `muted by ${schedule}`,
  inhibited_by_no_data: (incident) => `no data comes, ${incident}`,
  inhibited_by_schema_fault: (incident) => `the schema is broken, ${incident}`,
  inhibited_by_data_fault: (incident) => `its features are faulty, ${incident}`,
  snoozed: (person) => `snoozed by ${person}`,
  acknowledged: (person) => `acknowledged by ${person}`,
};

/** Why people are not told of an alert now, by whom and until when; null when they are. */
export function holdLine(
  { held }: { readonly held: { readonly message: string } | null },
  now: Held | null,
): string | null {
  if (now === null) return null;
  const until = now.untilMs === null ? '' : `, until ${utcMinute(new Date(now.untilMs).toISOString())} UTC`;
  const owed = held?.message === 'firing' ? '; nobody has been told yet' : '';
  return `${WORDS[now.reason](now.by)}${until}${owed}`;
}

/** When people hear of it again if nothing changes; null when they will not. */
export function reminderLine({
  next_reminder_at: at,
  state,
}: {
  readonly next_reminder_at: string | null;
  readonly state: string;
}): string | null {
  if (at === null || state === 'pending' || state === 'resolved') return null;
  return `next reminder ${utcMinute(at)} UTC`;
}
