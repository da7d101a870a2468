import type { MovedStratum } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import { responseOf } from './relation/asked-response.ts';
import { referenceRelation, thinned } from './relation/reference-relation.ts';
import type { ReferenceRelation } from './relation/reference-relation.ts';
import { cut, unevenness } from './relation/stratum-effects.ts';
import type { ZoneEffect, Zones } from './relation/stratum-effects.ts';
import { commonSupport } from './samples/common-support.ts';
import { spokenFeatures } from './samples/row-samples.ts';
import type { RowSamples } from './samples/row-samples.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

const MAX_FEATURES = 3;
/** With this many current rows a number is cut into tenths, else into fifths. */
const ROWS_FOR_TENTHS = 1_000;

/**
 * Where did P(y|X) move, and by how much? Asked once it is known that it did.
 *
 * The reference's relation is fitted on the reference alone; the current rows' mean residual in a zone (tenths of a
 * number, levels) less the reference's is what the zone's rows do otherwise than before. The feature along which these
 * means differ most (χ² beyond a common step, Bonferroni over features) is cut into its moved zones, neighbours of one
 * direction joined; its effect is taken out and the next feature is asked, three at most. Where no feature tells rows
 * apart, the change is one for all: a single stratum without a feature. Largest share of rows × change first.
 */
export function movedStrata(task: Task, labelled: RowSamples, positiveClass: string | null): MovedStratum[] {
  const samples = thinned(commonSupport(labelled).samples);
  const target = responseOf(task, samples, positiveClass);
  const relation = target === null ? null : referenceRelation(task, samples, target.response);
  if (target === null || relation === null) return [];
  const cuts = spokenFeatures(samples)
    .map((pair) => cut(pair, samples.rows.current >= ROWS_FOR_TENTHS ? 10 : 5))
    .filter((zones) => zones.names.length > 1);
  const residual = Float64Array.from(relation.residual);
  const found: MovedStratum[] = [];
  let left = cuts;
  for (let i = 0; i < MAX_FEATURES && left.length > 0; i++) {
    const tested = left
      .map((zones) => ({ zones, ...unevenness(zones, residual, samples) }))
      .sort((a, b) => a.p - b.p);
    const first = tested[0];
    if (first === undefined || first.p * cuts.length >= VERDICT_ALPHA) break;
    found.push(...strataOf(first.zones, first.effects, relation, target.name));
    const { zone } = first.zones;
    for (let row = 0; row < residual.length; row++) {
      if (row >= samples.rows.reference && zone[row]! >= 0)
        residual[row]! -= first.effects[zone[row]!]?.difference ?? 0;
    }
    left = left.filter((zones) => zones !== first.zones);
  }
  if (found.length > 0) return found.sort((a, b) => weightOf(b) - weightOf(a));
  return everywhere(relation, target.name);
}

const weightOf = (stratum: MovedStratum): number =>
  stratum.share * Math.abs(stratum.current_rate - stratum.reference_rate);

/** The zones that moved, neighbours of one direction together. */
function strataOf(
  zones: Zones,
  effects: readonly ZoneEffect[],
  relation: ReferenceRelation,
  className: string | null,
): MovedStratum[] {
  const moved = effects.map(({ p, difference }) =>
    p * effects.length < VERDICT_ALPHA ? Math.sign(difference) : 0,
  );
  const runs: number[][] = [];
  for (const [at, direction] of moved.entries()) {
    if (direction === 0) continue;
    const last = runs.at(-1);
    const joins = zones.edges !== null && last?.at(-1) === at - 1 && moved[at - 1] === direction;
    if (joins) last.push(at);
    else runs.push([at]);
  }
  return runs.map((run): MovedStratum => {
    const members = new Set(run);
    const p = Math.min(...run.map((at) => effects[at]!.p));
    const [first, last] = [run[0]!, run.at(-1)!];
    return {
      feature: zones.feature,
      ...(zones.edges === null
        ? { level: zones.names[first] ?? '' }
        : {
            range: [zones.edges[first - 1] ?? null, zones.edges[last] ?? null] as [
              number | null,
              number | null,
            ],
          }),
      ...ratesOf(relation, (row) => members.has(zones.zone[row]!)),
      ...(className !== null && { class: className }),
      p_value: Math.min(1, p * effects.length),
    };
  });
}

function everywhere(relation: ReferenceRelation, className: string | null): MovedStratum[] {
  const { residual, samples } = relation;
  const zone = new Int32Array(residual.length);
  const { effects } = unevenness({ feature: '', zone, edges: null, names: [''] }, residual, samples);
  const p = effects[0]?.p ?? 1;
  if (p >= VERDICT_ALPHA) return [];
  return [
    {
      feature: null,
      ...ratesOf(relation, () => true),
      ...(className !== null && { class: className }),
      p_value: p,
    },
  ];
}

/** Of the current rows inside: their share of all, what the reference expects of them, and what they do. */
function ratesOf(
  { samples, expected, response }: ReferenceRelation,
  isInside: (row: number) => boolean,
): Pick<MovedStratum, 'share' | 'reference_rate' | 'current_rate'> {
  const from = samples.rows.reference;
  let count = 0;
  let before = 0;
  let now = 0;
  for (let row = from; row < response.length; row++) {
    if (!isInside(row)) continue;
    count += 1;
    before += expected[row]!;
    now += response[row]!;
  }
  const n = Math.max(1, count);
  return {
    share: count / Math.max(1, samples.rows.current),
    reference_rate: before / n,
    current_rate: now / n,
  };
}
