import type { Task } from '../../../core/model.ts';
import { conceptTest } from '../../relation/concept-test.ts';
import type { ConceptTest } from '../../relation/concept-test.ts';
import { asLevels } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { SAME_P } from '../../thresholds.ts';
import { sharesExchanged } from './levels-exchanged.ts';
import { REFUTED } from './likelihood.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

const MAX_TRIED = 4;
/** The relation to the label must be broken beyond doubt before a fault is preferred to a changed world. */
const BROKEN = 1e-6;

/**
 * What labels say of exchanged levels that nothing else decides. With two levels exchanged back, the relation to the label is the
 * old one again (p > 1e-3), as they stand it is broken (p < 1e-6).
 *
 * Of levels whose shares were exchanged that is the second witness, and a claim. Of a boolean whose shares say nothing (half
 * and half) it is the only one: a reading, for its bearing on the label may have turned round by itself.
 */
export function exchangedByLabels(
  task: Task,
  labelled: RowSamples,
  readings: readonly Suspicion[],
): { readonly claimed: Suspicion[]; readonly readings: Suspicion[] } {
  const samples = { ...labelled, score: null, prediction: null };
  const asIs = conceptTest(task, samples, 'lean');
  if (asIs.p >= BROKEN) return { claimed: [], readings: [] };
  const mended = (exchange: LevelPair): number => conceptTest(task, withColumn(samples, exchange), 'lean').p;
  const claimed = readings.flatMap((reading) => {
    const back = exchangedBack(samples, reading);
    const p = back === null ? 0 : mended(back);
    return p > SAME_P ? [confirmed(reading, p, asIs)] : [];
  });
  if (claimed.length > 0) return { claimed, readings: [] };
  const known = new Set(readings.map(({ finding }) => finding.feature));
  const tried = suspects(samples, asIs).filter(({ name }) => !known.has(name));
  const found = tried.slice(0, MAX_TRIED).flatMap((pair) => {
    const back = swapped(pair, [0, 1]);
    const p = mended(back);
    return p > SAME_P ? [inverted(pair, p, asIs)] : [];
  });
  return { claimed: [], readings: found };
}

/** Columns of two levels along which the relation bent, and whose shares are no reason against it. */
function suspects(samples: RowSamples, asIs: ConceptTest): LevelPair[] {
  const bent = asIs.uneven.filter(({ p }) => p < BROKEN).map(({ feature }) => feature);
  return bent.flatMap((name) => {
    const cells = samples.features.find((each) => each.name === name);
    const pair = cells === undefined ? null : twoLevels(cells);
    if (pair === null) return [];
    const [a = 0, b = 0] = levelCounts(pair.reference, 2);
    const [c = 0, d = 0] = levelCounts(pair.current, 2);
    return sharesExchanged([a, b], [c, d]) < REFUTED ? [] : [pair];
  });
}

function twoLevels(cells: ColumnCells): LevelPair | null {
  const pair = cells.kind === 'levels' ? cells : asLevels(cells, 2);
  return pair !== null && pair.levels.length === 2 ? pair : null;
}

function exchangedBack(samples: RowSamples, { finding, levels }: Suspicion): LevelPair | null {
  const cells = samples.features.find(({ name }) => name === finding.feature);
  if (levels === undefined || cells === undefined) return null;
  const pair = cells.kind === 'levels' ? cells : asLevels(cells, 2);
  const [a = -1, b = -1] = levels.map((level) => pair?.levels.indexOf(level) ?? -1);
  return pair === null || a < 0 || b < 0 ? null : swapped(pair, [a, b]);
}

function swapped(pair: LevelPair, [a, b]: readonly [number, number]): LevelPair {
  const other = (code: number): number => (code === a ? b : code === b ? a : code);
  return { ...pair, current: pair.current.map(other) };
}

function withColumn(samples: RowSamples, pair: LevelPair): RowSamples {
  return { ...samples, features: samples.features.map((each) => (each.name === pair.name ? pair : each)) };
}

function mendedBy(p: number, asIs: ConceptTest): string {
  return `exchanged back, the relation to the label is the old one again (p ${p.toPrecision(2)}, as it is ${asIs.p.toExponential(1)})`;
}

function confirmed({ finding, levels, ...rest }: Suspicion, p: number, asIs: ConceptTest): Suspicion {
  const { fault, feature, share, statistic } = finding;
  const detail = `${finding.detail}; ${mendedBy(p, asIs)}`;
  const facts = {
    detail,
    share,
    statistic: statistic ?? 0,
    p: asIs.p,
    doubt: Math.min(rest.doubt, BROKEN / p),
  };
  return { ...suspicion(fault, feature, facts), ...(levels !== undefined && { levels }) };
}

function inverted(pair: LevelPair, p: number, asIs: ConceptTest): Suspicion {
  const [a = '', b = ''] = pair.levels;
  return suspicion('levels_exchanged', pair.name, {
    detail: `"${a}" and "${b}" may be exchanged: ${mendedBy(p, asIs)}`,
    share: 1,
    statistic: asIs.blocks[0]?.statistic ?? 0,
    p: asIs.p,
    doubt: 0.5,
    otherwise: `what ${pair.name} means for the label turned round`,
  });
}
