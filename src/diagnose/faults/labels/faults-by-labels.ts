import { pause } from '../../../core/memory/pauses.ts';
import type { DiagnoseInput } from '../../input.ts';
import type { ConceptTest } from '../../relation/concept-test.ts';
import type { RowSamples } from '../../samples/row-samples.ts';
import { SUSPICIOUS, VERDICT_ALPHA } from '../../thresholds.ts';
import { exchangedByLabels } from '../levels/exchange-by-labels.ts';
import type { Suspect } from '../misplaced/suspect.ts';
import type { LabelFault, Suspicion } from '../suspicion.ts';
import { confirmByLabels } from './confirm-by-labels.ts';
import { labelUnit, labelUnitByValues, labelUnitInPart } from './label-unit.ts';
import { labelsInverted } from './labels-inverted.ts';
import { labelsLost } from './labels-lost.ts';
import { labelsPermuted } from './labels-permuted.ts';
import { labelsRespelled } from './labels-respelled.ts';
import { labelsThinned } from './labels-thinned.ts';
import { mendedByLabels } from './mended-by-labels.ts';

interface LabelledSamples {
  readonly samples: RowSamples | null;
  /** Those with labels; null where these say nothing. */
  readonly labelled: RowSamples | null;
}

interface FoundBefore {
  /** Of the label, among columns. */
  readonly joined: readonly Suspicion[];
  readonly found: readonly Suspicion[];
  readonly suspects: readonly Suspect[];
}

/** Faults that only labels show, those of the labels themselves first. */
export function faultsByLabels(
  { task, compared }: Pick<DiagnoseInput, 'task' | 'compared'>,
  { samples, labelled }: LabelledSamples,
  concept: ConceptTest,
  { joined, found, suspects }: FoundBefore,
): LabelFault[] {
  if (samples === null || labelled === null) return [];
  const isClasses = task === 'classification';
  const respelled = isClasses ? labelsRespelled(labelled) : null;
  if (respelled !== null) return [respelled];
  const lost = isClasses ? labelsLost(samples, compared, concept.unevenP) : null;
  if (lost !== null) return [lost];
  if (concept.p >= VERDICT_ALPHA) {
    // Of a part of the rows all of them together may not show it, while the model's mistakes do.
    const mirrored = isClasses && concept.p < SUSPICIOUS ? labelsInverted(labelled, concept) : null;
    return mirrored === null ? [] : [mirrored];
  }
  pause();
  const unit = labelUnit(labelled) ?? labelUnitInPart(labelled) ?? labelUnitByValues(labelled);
  if (unit !== null) return [unit];
  const inverted = isClasses
    ? (labelsInverted(labelled, concept) ?? labelsPermuted(labelled, concept))
    : null;
  if (inverted !== null) return [inverted];
  pause();
  const lessOften = isClasses ? labelsThinned(labelled) : null;
  if (lessOften !== null) return [{ suspicion: lessOften, repaired: null }];
  // Labels of other rows say nothing of these.
  if (joined.length > 0) return joined.map((suspicion) => ({ suspicion, repaired: null }));
  pause();
  const confirmed = confirmByLabels(task, labelled, suspects);
  const readings = found.filter(({ otherwise }) => otherwise !== undefined);
  const exchanged = exchangedByLabels(task, labelled, readings);
  const claimed = confirmed.some(({ otherwise }) => otherwise === undefined) ? confirmed : exchanged.claimed;
  const mended =
    claimed.length > 0
      ? claimed
      : [...confirmed, ...exchanged.readings, ...mendedByLabels(task, labelled, found)];
  return mended.map((suspicion) => ({ suspicion, repaired: labelled }));
}
