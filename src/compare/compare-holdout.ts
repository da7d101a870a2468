import type { HoldoutFinding, HoldoutMetric, Performance, PerformanceMetric } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import type { Table } from '../core/table.ts';
import { LabelProfile } from '../stats/profile/outcomes/label-profile.ts';
import { comparePerformance, compareTablePerformance, countLabelled } from './performance.ts';

/**
 * The hold-out (rows on which nobody acted) beside the rest, whose outcome the model's own advice may have changed: each
 * figure of both, the 95 % interval of their difference and its test. Null when either side has no label.
 */
export function compareHoldout(
  rest: Table,
  holdout: Table,
  options: { task: Task; positiveClass: string | null },
): HoldoutFinding | null {
  return asFinding(compareTablePerformance(rest, holdout, { ...options, mature: true }));
}

/** The rows that decide how good the model is, and the others; null where no labelled row was held out. */
export function partHoldout(table: Table): { readonly held: Table; readonly rest: Table } | null {
  const { holdout } = table;
  if (holdout === undefined || !holdout.includes(1)) return null;
  const held = heldLabels(table);
  if (countLabelled(held) === 0) return null;
  return { held, rest: labelledWhere(table, (row) => holdout[row] !== 1) };
}

/** All rows, with the labels of those on which nobody acted. */
export function heldLabels(table: Table): Table {
  return labelledWhere(table, (row) => table.holdout?.[row] === 1);
}

/** All rows, with labels only where they count. */
function labelledWhere(table: Table, counts: (row: number) => boolean): Table {
  const { label } = table;
  if (label === null) return table;
  return {
    ...table,
    label:
      label.kind === 'numeric'
        ? { ...label, values: label.values.map((value, row) => (counts(row) ? value : Number.NaN)) }
        : { ...label, codes: label.codes.map((code, row) => (counts(row) ? code : -1)) },
  };
}

/** The same from counts. `all` holds the rows of both. O(grid points). */
export function compareHoldoutProfiles(
  all: LabelProfile,
  holdout: LabelProfile,
  positiveClass: string | null,
): HoldoutFinding | null {
  const { reference, task, scorePoints } = all;
  const rest = new LabelProfile(reference, task, scorePoints);
  rest.merge(all);
  rest.subtract(holdout);
  return asFinding(
    comparePerformance(
      rest.performance,
      holdout.performance,
      { reference: rest.labelled, current: holdout.labelled },
      holdout.labelled,
      true,
      positiveClass,
    ),
  );
}

function asFinding(compared: Performance | null): HoldoutFinding | null {
  if (compared === null || compared.labelled.reference === 0) return null;
  const { labelled, metrics } = compared;
  return {
    labelled: { holdout: labelled.current, influenced: labelled.reference },
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, metric]) => [name, asHoldoutMetric(metric)]),
    ),
  };
}

function asHoldoutMetric(metric: PerformanceMetric): HoldoutMetric {
  const { reference, current, difference_interval, p_value, bound, reason } = metric;
  return {
    holdout: current,
    influenced: reference,
    difference_interval: difference_interval ?? null,
    p_value,
    ...(bound !== undefined && { bound }),
    ...(reason !== undefined && { reason }),
  };
}
