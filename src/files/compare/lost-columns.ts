/**
 * Columns that the reference has and the current file has not. That is nothing to test: whoever reads the file finds
 * nothing there, however many rows it has.
 */
import type { Comparison, FaultFinding, FeatureComparison, FileComparison } from '../../core/findings.ts';
import { nearest } from '../../core/nearest.ts';
import { applyFaults } from '../../diagnose/apply-faults.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import { SPECIAL_COLUMNS } from '../../ingest/table/special-columns.ts';
import type { OptionalRoles, SpecialNames, SpecialRole } from '../../ingest/table/special-columns.ts';

/** A label comes later, if at all: that there is none yet is no fault. */
const EXPECTED = ['prediction', 'score'] as const;

/** What people call them elsewhere. */
const ALSO_CALLED: Readonly<Record<'prediction' | 'score' | 'label', readonly string[]>> = {
  prediction: ['yhat', 'y_hat', 'y_pred', 'pred', 'predicted', 'predictions'],
  score: ['proba', 'prob', 'probability', 'y_score', 'y_proba', 'scores'],
  label: ['y', 'y_true', 'target', 'truth', 'actual', 'labels'],
};

type Side = Pick<OpenTable, 'path' | 'columns' | 'features' | 'outputs'>;

export interface LostColumns {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

export function lostColumns(reference: Side, current: Side): LostColumns {
  const features = [...reference.features.keys()].filter((name) => !current.features.has(name));
  const outputs = EXPECTED.filter((role) => isLost(role, reference, current));
  const strangers = current.columns.filter((name) => !reference.columns.includes(name));
  const renamed = features.flatMap((name) => {
    const near = nearest(name, strangers);
    return near === null ? [] : [`${current.path}: has it renamed ${name} to ${near}?`];
  });
  const roles = isLost('label', reference, current) ? [...outputs, 'label' as const] : outputs;
  return {
    names: [...outputs, ...features],
    notes: [...roles.flatMap((role) => noteOn(role, current, strangers)), ...renamed],
  };
}

/** Of too few rows nothing is tested, and that a column is not there needs no test. */
export function withLostColumns(compared: FileComparison, names: readonly string[]): FileComparison {
  if (names.length === 0) return compared;
  const segments = compared.segments?.map((segment) => ({ ...segment, ...told(segment, names) }));
  return { ...compared, ...told(compared, names), ...(segments !== undefined && { segments }) };
}

type Told = Pick<Comparison, 'features' | 'prediction' | 'score' | 'diagnosis'>;

function told({ features, prediction, score, diagnosis }: Told, names: readonly string[]): Told {
  if (diagnosis.reason !== 'too_few_rows') return { features, prediction, score, diagnosis };
  const faults = names.map((feature): FaultFinding => ({
    fault: 'missing_spike',
    feature,
    detail: 'not in the file, so missing in every row',
    share: 1,
    statistic: null,
    p_value: null,
  }));
  const marked = (column: FeatureComparison | null): FeatureComparison | null =>
    column === null ? null : (applyFaults([column], faults)[0] ?? null);
  return {
    features: applyFaults(features, faults),
    prediction: marked(prediction),
    score: marked(score),
    diagnosis: {
      ...diagnosis,
      verdict: 'data_fault',
      types: ['data_fault'],
      not_tested: diagnosis.not_tested.filter((kind) => kind !== 'data_fault'),
      confidence: 1,
      faults,
      summary: `The pipeline lost ${names.join(', ')}: not in the file, so missing in every row: fix the pipeline. For anything else there are too few rows.`,
      advice: 'fix_pipeline',
      reason: null,
    },
  };
}

function isLost(role: 'prediction' | 'score' | 'label', reference: Side, current: Side): boolean {
  return reference.outputs[role] !== null && current.outputs[role] === null;
}

function noteOn(
  role: 'prediction' | 'score' | 'label',
  { path }: Side,
  strangers: readonly string[],
): string[] {
  const called = strangers.find((name) => ALSO_CALLED[role].includes(name.toLowerCase()));
  const near = nearest(role, strangers) ?? called ?? null;
  const hint = near === null ? '' : `; if it is ${near}: --${role} ${near}`;
  if (role === 'label') return near === null ? [] : [`${path} has no label${hint}`];
  return [`${path} has no ${role}, and the reference has: missing in every row${hint}`];
}

/** A name said is looked for in both files, and has to be in one of them. */
export function optionalIn(columns: readonly string[] | null, names: SpecialNames): OptionalRoles {
  const roles = Object.keys(SPECIAL_COLUMNS) as SpecialRole[];
  return new Set(
    roles.filter((role) => columns === null || (names[role] !== undefined && columns.includes(names[role]))),
  );
}
