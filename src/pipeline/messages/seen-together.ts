import type { JoinedVerdict } from '../../core/alerts/joined-verdict.ts';
import { inWordsOfToday } from '../../core/alerts/severity.ts';
import { movedTogether, windowsOfChange } from '../../judge/pool-windows.ts';
import { mayBePartOfMore, pooledDiagnosis } from '../../judge/pooled-diagnosis.ts';
import type { AlertSeriesKey } from '../../store/alerts/alerts.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { isLookedAtTogether, loadPooled, startOfEarlier } from '../../store/evaluation/earlier-counts.ts';
import type { JudgedWindow } from '../../store/evaluation/evaluations.ts';

/** A window as incidents see it: as part of those before it. */
export interface SeenTogether {
  /** Its verdict and figures are those of the windows of its incident together, where they could be. */
  readonly window: JudgedWindow;
  /** Those windows; null: it is by itself. */
  readonly joined: JoinedVerdict | null;
  /** What only several windows show; null where the window's own rows say all there is. */
  readonly together: { readonly sinceMs: number; readonly subjects: readonly string[] } | null;
}

/**
 * The window with what the windows of its incident show up to it, and with what it shows together with those before it where its
 * own rows show nothing. Inputs are judged when a window closes, and all rows together.
 */
export async function seenTogether(
  db: Queryable,
  { series, segment }: Pick<AlertSeriesKey, 'series' | 'segment'>,
  window: JudgedWindow,
): Promise<SeenTogether> {
  const joined = ofToday(window.joined);
  const sharper = joined === null ? null : joinedWindow(window, joined);
  const alone = { window, joined: null, together: null };
  const { types } = window.diagnosis;
  if (types.length > 0) return sharper === null ? alone : { window: sharper, joined, together: null };
  // Labels of several windows show what those of none do.
  if (sharper !== null && joined !== null && series === 'matured')
    return { window: sharper, joined, together: { sinceMs: joined.sinceMs, subjects: [] } };
  if (series !== 'closed' || segment !== '' || !mayBePartOfMore(window.diagnosis)) return alone;
  const pooled = await loadPooled(db, window.windowId);
  const moved = movedTogether(pooled);
  if (moved.length === 0) return { ...alone, window: await asClean(db, window) };
  const windows = windowsOfChange(moved);
  return {
    window: sharper ?? { ...window, diagnosis: pooledDiagnosis(window.diagnosis, pooled) },
    joined,
    together: {
      sinceMs: await startOfEarlier(db, window.windowId, windows - 1),
      subjects: moved.map(({ name }) => name),
    },
  };
}

/** Those of before words were changed are read in the words of today. */
function ofToday(joined: JoinedVerdict | null | undefined): JoinedVerdict | null {
  return joined === null || joined === undefined
    ? null
    : { ...joined, features: joined.features.map(inWordsOfToday) };
}

/** Too small by itself, and nothing goes on in it and those before it: clean, as far as it can be shown to be. */
async function asClean(db: Queryable, window: JudgedWindow): Promise<JudgedWindow> {
  const { diagnosis, windowId } = window;
  if (diagnosis.verdict !== 'undetermined' || !(await isLookedAtTogether(db, windowId))) return window;
  return { ...window, diagnosis: { ...diagnosis, verdict: 'none' } };
}

function joinedWindow(window: JudgedWindow, { diagnosis, performance }: JoinedVerdict): JudgedWindow {
  return { ...window, diagnosis, performance };
}
