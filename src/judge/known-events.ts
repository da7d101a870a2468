import type { CalendarEvent } from '../core/alerts/mute-schedule.ts';
import { stretchesWithin } from '../core/alerts/schedule-stretches.ts';
import type { Diagnosis, ShiftKind } from '../core/findings.ts';

/** What an event may be the reason of. A fault, and another relation, are news at any time. */
const EXPLAINED: ReadonlySet<ShiftKind> = new Set<ShiftKind>(['covariate_shift', 'label_shift']);

/** Events of the calendar that any moment of the window lies in. */
export function eventsWithin(
  calendar: readonly CalendarEvent[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): CalendarEvent[] {
  return calendar.filter((event) => stretchesWithin(event, startMs, endMs).length > 0);
}

/**
 * What is said of a window that lies in known events: they are named, and where one of them explains what moved, and only that
 * moved, and performance was not lost, the verdict is `none` with the reason `known_event`; what it would have been is kept.
 */
export function withKnownEvents(diagnosis: Diagnosis, events: readonly CalendarEvent[]): Diagnosis {
  if (events.length === 0) return diagnosis;
  const names = events.map(({ name }) => name);
  const expected = events.some(({ explains }) => explains);
  const { verdict, types, summary, advice } = diagnosis;
  const isItsOwn =
    types.length > 0 && types.every((type) => EXPLAINED.has(type)) && advice !== 'retrain' && expected;
  const during = `during ${names.join(' and ')}`;
  if (!isItsOwn) {
    const told = `${withoutStop(summary)} (${during}).`;
    return { ...diagnosis, summary: told, known_event: { names, expected, explains: null } };
  }
  return {
    ...diagnosis,
    verdict: 'none',
    types: [],
    summary: `As expected ${during}: ${summary.slice(0, 1).toLowerCase()}${withoutStop(summary).slice(1)}.`,
    advice: 'none',
    reason: 'known_event',
    known_event: { names, expected, explains: { verdict, summary, advice } },
  };
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

/** Whether all that it says of the world is what an event explains, a fault beside it or not. */
export function isExpected({ known_event: known, types, advice }: Diagnosis): boolean {
  if (known?.expected !== true || advice === 'retrain') return false;
  return types.every((type) => type === 'data_fault' || EXPLAINED.has(type));
}

/** What is `none` because something outside the window explains it bounds nothing, and is no part of what is looked at together. */
export function isExplained({ reason }: Pick<Diagnosis, 'reason'>): boolean {
  return reason === 'seasonal' || reason === 'known_event';
}
