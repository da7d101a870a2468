import type { AlertCause } from '../core/alerts/alert.ts';
import type { VerdictKind } from '../core/findings.ts';
import type { Mark } from './verdict-mark.ts';

/** What of a window its standing is told from. */
export interface StandingWindow {
  readonly end: string;
  /** Null: not judged yet. */
  readonly verdict: { readonly verdict: VerdictKind; readonly expected?: string | null } | null;
}

/** What of a model version its standing is told from. */
export interface StandingFacts {
  readonly model: string;
  readonly baseline: object | null;
  readonly windows: readonly StandingWindow[];
  readonly alerts: readonly { readonly state: string; readonly cause: AlertCause }[];
  readonly states: readonly { readonly state: string }[];
}

/** How a version stands, in one word; `rank` sorts the worst to the top. */
export interface Standing {
  readonly word: string;
  readonly style: Mark['style'];
  readonly rank: number;
}

export function standingOf(version: StandingFacts): Standing {
  const states = new Set(version.alerts.map((alert) => alert.state));
  if (states.has('firing')) return { word: 'incident open', style: 'concept', rank: 0 };
  if (states.has('recovering')) return { word: 'open, recovering', style: 'fault', rank: 1 };
  const pending = version.alerts.filter((alert) => alert.state === 'pending');
  if (pending.length > 0) return { word: PENDING[worstCause(pending)], style: 'fault', rank: 2 };
  const silent = version.states.some(({ state }) => state === 'no_data');
  if (silent) return { word: 'no data', style: 'fault', rank: 2 };
  if (version.baseline === null) return { word: 'no baseline', style: 'none', rank: 3 };
  if (version.windows.length === 0) return { word: 'no events yet', style: 'none', rank: 4 };
  const latest = latestJudged(version.windows);
  if (latest === null) return { word: 'first window open', style: 'none', rank: 5 };
  const { verdict, expected = null } = latest.verdict;
  if (expected !== null) return { word: 'shift expected', style: 'none', rank: QUIET_RANK };
  if (verdict === 'undetermined') return { word: 'undetermined', style: 'none', rank: 5 };
  if (verdict !== 'none') return { word: 'shift seen', style: 'fault', rank: 3 };
  if (version.states.some(({ state }) => state === 'insufficient')) {
    return { word: 'too few rows', style: 'none', rank: QUIET_RANK };
  }
  return { word: 'quiet', style: 'ok', rank: QUIET_RANK };
}

/** From here on there is nothing to look at. */
export const QUIET_RANK = 6;

const PENDING: Readonly<Record<AlertCause, string>> = {
  no_data: 'no data, waiting',
  shift: 'shift seen, waiting',
  operational: 'breach seen, waiting',
};

function worstCause(alerts: readonly { readonly cause: AlertCause }[]): AlertCause {
  const causes = new Set(alerts.map(({ cause }) => cause));
  if (causes.has('shift')) return 'shift';
  return causes.has('no_data') ? 'no_data' : 'operational';
}

type Judged<W extends StandingWindow> = W & { readonly verdict: NonNullable<W['verdict']> };

/**
 * The newest window with a verdict that says something; of two that end together, the longer one. A last window
 * with too few rows must not hide what the ones before it found.
 */
export function latestJudged<W extends StandingWindow>(windows: readonly W[]): Judged<W> | null {
  const judged = windows.filter((window): window is Judged<W> => window.verdict !== null);
  const telling = judged.filter((window) => window.verdict.verdict !== 'undetermined');
  let latest: Judged<W> | null = null;
  for (const window of telling.length > 0 ? telling : judged) {
    if (latest === null || window.end >= latest.end) latest = window;
  }
  return latest;
}
