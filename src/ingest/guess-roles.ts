/** Which columns of a file are the model's output, the truth, the time and the id, where nobody says so: by their names. */
import type { SpecialNames, SpecialRole } from './table/special-columns.ts';
import { SPECIAL_COLUMNS } from './table/special-columns.ts';

/** Better names first. Of names that may be anything (`class`, `y`, `time`) only those that no feature usually has. */
const USUAL: Readonly<Record<Exclude<SpecialRole, 'holdout'>, readonly string[]>> = {
  prediction: [
    'prediction',
    'y_pred',
    'ypred',
    'y_hat',
    'yhat',
    'predicted',
    'pred',
    'predicted_label',
    'predicted_class',
    'predicted_value',
    'prediction_label',
    'model_prediction',
    'vorhersage',
    'prognose',
    'prédiction',
    'predicción',
    'previsione',
    'previsão',
  ],
  score: [
    'score',
    'y_pred_proba',
    'y_proba',
    'y_score',
    'pred_proba',
    'predict_proba',
    'predicted_probability',
    'prediction_probability',
    'prediction_score',
    'proba',
    'probability',
  ],
  label: [
    'label',
    'y_true',
    'ytrue',
    'target',
    'ground_truth',
    'truth',
    'actual',
    'actual_label',
    'true_label',
  ],
  timestamp: [
    'timestamp',
    'event_timestamp',
    'prediction_timestamp',
    'event_time',
    'prediction_time',
    'datetime',
    'ts',
    'predicted_at',
    'created_at',
    'time',
    'date',
    'zeitstempel',
    'datum',
    'horodatage',
    'fecha',
    'data',
  ],
  predictionId: ['prediction_id', 'request_id', 'inference_id', 'event_id', 'uuid', 'row_id', 'id'],
};

const ROLES = Object.keys(USUAL) as (keyof typeof USUAL)[];
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_');

/**
 * What is said stands; roles whose usual column is there need no guess.
 *
 * @param features columns that somebody called features: they are none of these
 */
export function guessRoles(
  columns: readonly string[],
  said: SpecialNames,
  features: ReadonlySet<string>,
): SpecialNames {
  const taken = new Set<string>([...Object.values(said), ...features]);
  const guessed: Partial<Record<SpecialRole, string>> = {};
  for (const role of ROLES) {
    if (said[role] !== undefined || columns.includes(SPECIAL_COLUMNS[role])) continue;
    const found = USUAL[role]
      .map((usual) => columns.find((name) => plain(name) === usual && !taken.has(name)))
      .find((name) => name !== undefined);
    if (found === undefined) continue;
    taken.add(found);
    guessed[role] = found;
  }
  return guessed;
}
