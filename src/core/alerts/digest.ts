import type { AlertCause, AlertKind, IncidentKind, SilentStretch } from './alert.ts';
import type { Consequence } from './consequence.ts';
import type { EvaluationSeries } from '../evaluation-series.ts';
import type { Advice, ShiftKind, VerdictKind } from '../findings.ts';

/** One notification that waits for a digest: what it will say of it, and no more. */
export interface DigestEntry {
  readonly kind: IncidentKind;
  readonly incidentId: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly segment: string;
  readonly series: EvaluationSeries;
  readonly cause: AlertCause;
  /** Features of a shift, metrics of operation; the gravest first. */
  readonly subjects: readonly string[];
  /** The gravest; null when the window has none, as at the end of an incident. */
  readonly consequence: Consequence | null;
  readonly atMs: number;
  readonly sinceMs: number;
  /** Of all that the summary is of. */
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly windowsInARow: number;
  /** What people were told first. */
  readonly firedVerdict: VerdictKind;
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
  readonly advice: Advice;
  readonly summary: string;
  /** When nothing came since it began. Absent: at no time. */
  readonly silent?: readonly SilentStretch[];
  /** Kinds that people were told of and that are over while the incident goes on. Absent: none. */
  readonly over?: PartOver;
  /** Kinds that the incident did not begin with, and when they did. Absent: it began with all of them. */
  readonly later?: JoinedLater;
}

export interface JoinedLater {
  readonly types: readonly AlertKind[];
  readonly sinceMs: number;
}

export interface PartOver {
  readonly types: readonly AlertKind[];
  /** When the first of the clean windows began. Absent: nobody noted it. */
  readonly byMs?: number;
}

/** One incident as a digest shows it: where it stands now, whatever it went through since the last one. */
export interface DigestLine {
  readonly incidentId: string;
  readonly segment: string;
  readonly series: EvaluationSeries;
  readonly cause: AlertCause;
  readonly subjects: readonly string[];
  readonly standing: 'new' | 'open' | 'resolved' | 'corrected';
  readonly consequence: Consequence | null;
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
  readonly advice: Advice;
  readonly summary: string;
  readonly sinceMs: number;
  /** End of the last clean window; null while it is open. */
  readonly untilMs: number | null;
  /** Start of the first window that the summary is of, and end of its newest. Absent: nobody noted it. */
  readonly judgedSinceMs?: number;
  readonly judgedUntilMs?: number;
  readonly silent?: readonly SilentStretch[];
  readonly over?: PartOver;
  readonly later?: JoinedLater;
  /** Since people were paged about it, the page is where it goes on. */
  readonly pagedFor: Consequence | null;
  /** Notifications that this line stands for. */
  readonly notifications: number;
}

export interface DigestGroup {
  readonly model: string;
  readonly modelVersion: string;
  readonly lines: readonly DigestLine[];
}

/** What one channel is told of a day. */
export interface Digest {
  readonly channel: string;
  /** The digest before it, or when the first entry was written. */
  readonly fromMs: number;
  readonly dueAtMs: number;
  readonly notifications: number;
  readonly incidents: number;
  /** Gravest first. */
  readonly groups: readonly DigestGroup[];
  /** Incidents that are not shown because there are too many. */
  readonly moreIncidents: number;
}
