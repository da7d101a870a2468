import type { Task } from '../../core/model.ts';
import { meanAndDeviation } from '../pooled.ts';
import { commonSupport } from '../samples/common-support.ts';
import { spokenFeatures } from '../samples/row-samples.ts';
import type { RowSamples } from '../samples/row-samples.ts';
import { responseOf } from './asked-response.ts';
import { referenceRelation, thinned } from './reference-relation.ts';
import { cut, MIN_ZONE_ROWS, unevenness } from './stratum-effects.ts';
import type { ZoneEffect, Zones } from './stratum-effects.ts';

/** Standard errors of a one-sided 95 % bound. */
const Z_95 = 1.645;
/** Five points of a share. */
const SHARE_MARGIN = 0.05;
/** Of a number: a tenth of its standard deviation. */
const DEVIATION_MARGIN = 0.1;
const PARTS = 3;
/** Of more current rows than this nothing may be unknown where the relation is said to have held. */
const MOST_OUTSIDE = 0.05;

/** The most that the relation may have changed on average, as far as these rows tell. */
export interface RelationBound {
  /** In shares of the class, or in units of the label. */
  readonly bound: number;
  readonly isShare: boolean;
  /** Below the margin everywhere, and nearly no row left out: shown to have held on average, not merely not shown to have moved. */
  readonly isHeld: boolean;
  /** Rows in zones that hold too few of the reference to be bounded, as a share of the current ones, in the feature where they are most. */
  readonly outside: number;
}

/**
 * An equivalence test of P(y|X): the reference's relation is fitted on the reference alone, and in all rows, each third of a
 * number, each frequent level and what is missing or rare together the mean residual of current rows less the reference's is bounded by |difference| + 1.645
 * standard errors. The largest of these is the bound; all must lie below the margin (intersection and union: no correction), which
 * is five points of a share, or a tenth of the label's standard deviation. A mean says nothing of what cancels out inside a third.
 * Null without a response to ask. Cost: one lean fit of at most 6,000 rows.
 * Source: the two one-sided tests of Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987).
 */
export function relationBound(
  task: Task,
  labelled: RowSamples,
  positiveClass: string | null,
): RelationBound | null {
  const inside = commonSupport(labelled);
  const samples = thinned(inside.samples);
  const target = responseOf(task, samples, positiveClass);
  const relation = target === null ? null : referenceRelation(task, samples, target.response);
  if (target === null || relation === null) return null;
  const { reference, current } = samples.rows;
  const effectsOf = (zones: Zones): readonly ZoneEffect[] =>
    unevenness(zones, relation.residual, samples).effects;
  const [all] = effectsOf({
    feature: '',
    zone: new Int32Array(relation.residual.length),
    edges: null,
    names: [''],
  });
  if (all === undefined || Math.min(reference, current) < MIN_ZONE_ROWS) return null;
  let bound = upper({ ...all, variance: all.variance + relation.meanVariance });
  let outside = inside.outside?.share ?? 0;
  for (const pair of spokenFeatures(samples)) {
    const zones = withTheRest(cut(pair, PARTS));
    const effects = effectsOf(zones);
    for (const effect of effects) if (effect.variance > 0) bound = Math.max(bound, upper(effect));
    let left = 0;
    for (let row = reference; row < zones.zone.length; row++) {
      // Too few rows on one of the sides.
      if (effects[zones.zone[row]!]!.variance === 0) left += 1;
    }
    outside = Math.max(outside, left / current);
  }
  const isShare = target.name !== null;
  const margin = isShare ? SHARE_MARGIN : DEVIATION_MARGIN * meanAndDeviation(target.response).deviation;
  return { bound, isShare, isHeld: bound <= margin && outside <= MOST_OUTSIDE, outside };
}

/** Rows in no zone, whose value is missing or a rare level, are one of their own. */
function withTheRest({ zone, names, ...zones }: Zones): Zones {
  return { ...zones, zone: zone.map((at) => (at < 0 ? names.length : at)), names: [...names, 'the rest'] };
}

function upper({ difference, variance }: Pick<ZoneEffect, 'difference' | 'variance'>): number {
  return Math.abs(difference) + Z_95 * Math.sqrt(variance);
}
