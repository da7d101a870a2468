import type { AlertCause, AlertKind } from '../../src/core/alerts/alert.ts';
import type { VerdictKind } from '../../src/core/findings.ts';
import type { DecidedWindow } from '../../src/decide/decided-window.ts';

type Says = Pick<DecidedWindow, 'cause' | 'counts' | 'verdict' | 'types' | 'subjects'>;

const says = (
  cause: AlertCause,
  counts: DecidedWindow['counts'],
  verdict: VerdictKind,
  types: readonly AlertKind[] = [],
): Says => ({ cause, counts, verdict, types, subjects: [] });

/**
 * One letter a window. Shifts: c covariate, l label, k concept, f fault, m mixed, w worse and nobody knows why, . clean; L latency, E errors, B both,
 * O fine; X empty, R with rows; and what counts neither way: ? undetermined, i insufficient, n no data, b between.
 */
export const SHIFT_WINDOWS: ReadonlyMap<string, Says> = new Map([
  ['c', says('shift', 'shifted', 'covariate_shift', ['covariate_shift'])],
  ['l', says('shift', 'shifted', 'label_shift', ['label_shift'])],
  ['k', says('shift', 'shifted', 'concept_drift', ['concept_drift'])],
  ['f', says('shift', 'shifted', 'data_fault', ['data_fault'])],
  ['m', says('shift', 'shifted', 'mixed', ['covariate_shift', 'concept_drift'])],
  ['w', says('shift', 'shifted', 'undetermined', ['performance_loss'])],
  ['.', says('shift', 'clean', 'none')],
  ['?', says('shift', 'undetermined', 'undetermined')],
  ['i', says('shift', 'insufficient', 'undetermined')],
  ['n', says('shift', 'no_data', 'undetermined')],
  ['b', says('shift', 'between_thresholds', 'none')],
]);

export const OPERATION_WINDOWS: ReadonlyMap<string, Says> = new Map([
  ['L', says('operational', 'shifted', 'none', ['latency'])],
  ['E', says('operational', 'shifted', 'none', ['errors'])],
  ['B', says('operational', 'shifted', 'covariate_shift', ['latency', 'errors'])],
  ['O', says('operational', 'clean', 'none')],
  ['i', says('operational', 'insufficient', 'undetermined')],
  ['b', says('operational', 'between_thresholds', 'none')],
]);

export const SILENCE_WINDOWS: ReadonlyMap<string, Says> = new Map([
  ['X', says('no_data', 'shifted', 'undetermined', ['no_data'])],
  ['R', says('no_data', 'clean', 'none')],
  ['u', says('no_data', 'usual_silence', 'undetermined')],
]);
