import type { CalendarDay } from '../../core/alerts/mute-schedule.ts';
import type { Finding, PathPart } from '../problem.ts';
import { repeated } from './repeated.ts';
import { dateSpan, daysOf } from '../resolve-mute.ts';
import type { MuteEntry } from '../schema/mute.ts';
import type { ConfigFile } from '../schema/root.ts';

type Path = readonly PathPart[];

/** Schedules are named in messages and on the page: what mutes a model has names that differ. */
export function muteFindings({ alerts, models, calendar }: ConfigFile): Finding[] {
  const ofFile = listed(alerts.mute, ['alerts', 'mute']);
  const ofModels = models.map((model, index) =>
    listed(model.alerts.mute, ['models', index, 'alerts', 'mute']),
  );
  const calendars = [
    listed(calendar, ['calendar']),
    ...models.map((model, index) => listed(model.calendar, ['models', index, 'calendar'])),
  ].flat();
  return [
    ...calendars.flatMap(({ entry, path }) => [
      ...hoursAreWhole(entry, path),
      ...notAlways(entry, path, 'would always be'),
      ...datesExist(entry, path),
    ]),
    ...[...ofFile, ...ofModels.flat()].flatMap(({ entry, path }) => entryFindings(entry, path)),
    ...namesOnce(ofFile),
    ...ofModels.flatMap((own) => namesOnce([...ofFile, ...own]).filter(({ path }) => path[0] === 'models')),
  ];
}

interface Listed {
  readonly entry: MuteEntry;
  readonly path: Path;
}

function namesOnce(schedules: readonly Listed[]): Finding[] {
  const places = schedules.map(({ entry, path }) => ({ value: entry.name, path: [...path, 'name'] }));
  return repeated(places, (name, first) => `a schedule ${name} is already configured at ${first}`);
}

function listed(entries: readonly MuteEntry[], path: Path): Listed[] {
  return entries.map((entry, index) => ({ entry, path: [...path, index] }));
}

function entryFindings(entry: MuteEntry, path: Path): Finding[] {
  return [
    ...hoursAreWhole(entry, path),
    ...notAlways(entry, path, 'would mute for ever'),
    ...datesExist(entry, path),
  ];
}

function hoursAreWhole({ from, to }: MuteEntry, path: Path): Finding[] {
  if (from === undefined && to === undefined) return [];
  if (to === undefined) return [{ path: [...path, 'to'], message: 'is required with from' }];
  if (from === undefined) return [{ path: [...path, 'from'], message: 'is required with to' }];
  if (from === '24:00')
    return [{ path: [...path, 'from'], message: 'must be before "24:00"', suggestion: '00:00' }];
  if (from !== to) return [];
  return [
    { path: [...path, 'to'], message: 'must not be the same as from; leave both out for the whole day' },
  ];
}

function notAlways({ days, dates, from, to }: MuteEntry, path: Path, what: string): Finding[] {
  const wholeDay = (from === undefined && to === undefined) || (from === '00:00' && to === '24:00');
  const everyDay = days === undefined || new Set(days.flatMap(daysOf)).size === 7;
  if (dates !== undefined || !wholeDay || !everyDay) return [];
  return [{ path, message: `${what}: give days, dates, or from and to` }];
}

function datesExist({ dates = [] }: MuteEntry, path: Path): Finding[] {
  return dates.flatMap((text, index) => {
    const { from, to } = dateSpan(text);
    const at = [...path, 'dates', index];
    if (!exists(from) || !exists(to)) return [{ path: at, message: 'there is no such date' }];
    if ((from.year === null) !== (to.year === null)) {
      return [{ path: at, message: 'give both dates a year, or neither' }];
    }
    const isBackwards = from.year !== null && dayNumber(from) > dayNumber(to);
    return isBackwards ? [{ path: at, message: 'ends before it begins' }] : [];
  });
}

/** 29 February is a date of some years. */
function exists({ year, month, day }: CalendarDay): boolean {
  const date = new Date(Date.UTC(year ?? 2_024, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function dayNumber({ year, month, day }: CalendarDay): number {
  return ((year ?? 0) * 100 + month) * 100 + day;
}
