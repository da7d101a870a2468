import type { TimePattern, TimePatterns } from '../../core/findings.ts';
import { MIN_WINDOWS } from '../../stats/pattern/course.ts';
import { timePattern } from '../../stats/pattern/time-pattern.ts';
import type { PatternOverTime } from '../../stats/pattern/time-pattern.ts';
import type { Track } from '../../stats/pattern/tracks.ts';
import { jointTracks, movedTracks } from './tracks.ts';
import type { PatternWindow } from './tracks.ts';
import { patternSummary } from './summary.ts';

export type { PatternWindow } from './tracks.ts';

/** Older windows say little about what happens now, and the search grows with the square of their number. */
export const MOST_PATTERN_WINDOWS = 400;

/**
 * How what moved changed over the windows of one series, in order of time: each part that moved in some window, and
 * all of them together. The last 400 windows are looked at.
 */
export function describeTimePattern(all: readonly PatternWindow[]): TimePatterns {
  const windows = all.slice(-MOST_PATTERN_WINDOWS);
  const moved = movedTracks(windows);
  if (moved.length === 0) return { ...absent('nothing_moved', windows.length), parts: [] };
  const clock = windowClock(windows);
  const whole = patternOf(jointTracks(moved, windows.length), clock);
  return {
    ...whole,
    parts: moved.map(({ subject, name, track }) => ({ subject, name, ...patternOf([track], clock) })),
  };
}

/** From its first moment on; null: until now. */
interface IncidentTime {
  readonly since: string;
  readonly until: string | null;
}

/**
 * The same where some incident lies in the time it speaks of, or there is none; else none, of the whole and of each part: two stories of one file are
 * one too many, and an incident has had the hours and the reference's own spread held against it.
 */
export function besideIncidents(patterns: TimePatterns, incidents: readonly IncidentTime[]): TimePatterns {
  const beside = (pattern: TimePattern): TimePattern =>
    isMet(pattern, incidents) ? pattern : absent('beside_incidents', pattern.windows);
  const { parts, ...whole } = patterns;
  return {
    ...beside(whole),
    parts: parts.map((part) => ({ subject: part.subject, name: part.name, ...beside(part) })),
  };
}

function isMet({ interval, ended_at }: TimePattern, incidents: readonly IncidentTime[]): boolean {
  const ended = ended_at ?? null;
  if (interval === null || incidents.length === 0) return true;
  return incidents.some(
    ({ since, until }) =>
      (ended === null || Date.parse(since) < Date.parse(ended)) &&
      (until === null || Date.parse(until) > Date.parse(interval[0])),
  );
}

interface WindowClock {
  /** Window lengths from the first window's start; plain numbers where windows vary in length. */
  readonly positions: readonly number[];
  /** Null where windows vary in length. */
  readonly lengthMs: number | null;
  iso(position: number): string;
}

function windowClock(windows: readonly PatternWindow[]): WindowClock {
  const first = windows[0]?.startMs ?? 0;
  const last = windows.at(-1)?.endMs ?? first;
  const lengthMs = (windows[0]?.endMs ?? first) - first;
  const even = windows.every(({ startMs, endMs }) => endMs - startMs === lengthMs);
  const positions = windows.map(({ startMs }, at) => (even ? Math.round((startMs - first) / lengthMs) : at));
  return {
    positions,
    lengthMs: even ? lengthMs : null,
    iso: (position) => {
      const at = Math.max(0, Math.min(windows.length - 1, Math.floor(position)));
      const window = windows[at];
      const ms = even
        ? first + position * lengthMs
        : (window?.startMs ?? first) +
          (position - at) * ((window?.endMs ?? first) - (window?.startMs ?? first));
      return new Date(Math.round(Math.max(first, Math.min(last, ms)))).toISOString();
    },
  };
}

function patternOf(tracks: readonly Track[], clock: WindowClock): TimePattern {
  const found = timePattern(clock.positions, tracks);
  if (found === null) return absent('too_few_windows', clock.positions.length);
  if (found.pattern === 'none') return { ...absent('steady', found.windows), confidence: found.confidence };
  const pattern = inTime(found, clock);
  return { ...pattern, summary: patternSummary(pattern) };
}

function inTime(found: PatternOverTime, { iso, lengthMs, positions }: WindowClock): TimePattern {
  const { change, end, period, wentBack } = found;
  const stillGoing = end !== null && !wentBack && end > (positions.at(-1) ?? 0);
  return {
    pattern: found.pattern,
    reason: null,
    change_point: change === null ? null : iso(change.at),
    interval: change === null ? null : [iso(change.from), iso(change.to)],
    ...(end !== null && !wentBack && !stillGoing && { completed_at: iso(end) }),
    ...(end !== null && wentBack && { ended_at: iso(end) }),
    ...(period !== null && {
      period: { windows: period, ms: lengthMs === null ? null : period * lengthMs },
    }),
    windows: found.windows,
    confidence: found.confidence,
    ...((found.pattern === 'gradual' || found.pattern === 'incremental') && {
      mixture_p_value: found.mixturePValue,
    }),
    summary: '',
  };
}

type AbsenceReason = 'nothing_moved' | 'too_few_windows' | 'steady' | 'beside_incidents';

function absent(reason: AbsenceReason, windows: number): TimePattern {
  const summaries = {
    nothing_moved: 'Nothing moved, so there is no pattern over time.',
    too_few_windows: `${windows} windows are too few for a pattern over time (${MIN_WINDOWS} are needed).`,
    beside_incidents: 'No pattern over time that meets the incidents: they say since when.',
    steady:
      'No change within these windows: what moved differs from the baseline throughout, or only now and then.',
  };
  return {
    pattern: 'none',
    reason,
    change_point: null,
    interval: null,
    windows,
    confidence: null,
    summary: summaries[reason],
  };
}
