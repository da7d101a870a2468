import { wayOf } from '../../compare/way.ts';
import type { AlertCause } from '../../core/alerts/alert.ts';
import type { ShownChange, Move } from '../../core/alerts/change.ts';
import type { FeatureComparison, MovedStratum } from '../../core/findings.ts';
import type { DecidedWindow } from '../../decide/decided-window.ts';
import type { AlertSeriesKey } from '../../store/alerts/alerts.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadComparisons, loadFeatureComparisons } from '../../store/history/comparisons.ts';
import type { SeenTogether } from '../messages/seen-together.ts';

/** What a window shows that counts towards an incident: kinds, what moved and which way, faults. */
export async function changeOfWindow(
  db: Queryable,
  key: AlertSeriesKey,
  cause: AlertCause,
  { window, joined }: Pick<SeenTogether, 'window' | 'joined'>,
  { types, subjects }: Pick<DecidedWindow, 'types' | 'subjects'>,
): Promise<ShownChange> {
  if (cause !== 'shift') return { kinds: types, moves: metricMoves(window), faults: [] };
  const { diagnosis, windowId } = window;
  const features = joined?.features ?? (await loadFeatureComparisons(db, windowId, key.segment));
  const named = new Set(subjects);
  const moves = features.flatMap((feature) => (named.has(feature.name) ? [featureMove(feature)] : []));
  if (types.includes('label_shift')) moves.push(...(await labelMoves(db, key, windowId)));
  if (types.includes('concept_drift')) moves.push(...relationMoves(diagnosis.strata ?? []));
  return { kinds: types, moves, faults: diagnosis.faults.map(({ feature, fault }) => ({ feature, fault })) };
}

/** Of what is broken a move is its fault's, which may go either way; by chance alone it goes any. */
const CLEARLY_MOVED_P = 1e-6;

/** What is broken and has not moved has no way: its fault says all. */
function featureMove(feature: FeatureComparison): Move {
  const { drifted, faults, p_value: p } = feature;
  const isMoved = drifted || faults.length === 0 || (p !== null && p < CLEARLY_MOVED_P);
  return { subject: 'feature', name: feature.name, way: isMoved ? wayOf(feature) : {} };
}

/** Of the labels, or, while they are not in, of what the model predicts. */
async function labelMoves(db: Queryable, key: AlertSeriesKey, windowId: string): Promise<Move[]> {
  const [columns = []] = await loadComparisons(db, [{ windowId, series: key.series, segment: key.segment }]);
  for (const wanted of ['label', 'prediction', 'score']) {
    const found = columns.find(([subject]) => subject === wanted);
    if (found !== undefined) return [{ subject: 'label', name: 'label', way: wayOf(found[1]) }];
  }
  return [];
}

/** By feature, below and above where it was cut: in each part the outcome's rate went up or down. */
function relationMoves(strata: readonly MovedStratum[]): Move[] {
  const way: Record<string, number> = {};
  for (const stratum of strata) {
    const part = [stratum.feature ?? '', sideOf(stratum), stratum.class ?? ''].join('|');
    way[part] = (way[part] ?? 0) + stratum.share * (stratum.current_rate - stratum.reference_rate);
  }
  return strata.length === 0 ? [] : [{ subject: 'relation', name: 'outcome', way }];
}

function sideOf({ range, level }: MovedStratum): string {
  if (range === undefined) return level ?? '';
  const [from, to] = range;
  return from === null ? 'low' : to === null ? 'high' : 'middle';
}

function metricMoves({ operational }: SeenTogether['window']): Move[] {
  return (operational?.breaches ?? []).map(({ metric, value, threshold }) => ({
    subject: 'metric',
    name: metric,
    way: { higher: Math.sign(value - threshold) },
  }));
}
