import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import { predicted, remaining } from './payload/flat-record.ts';
import { isObject } from './payload/json-shape.ts';
import type { FormatPreset } from './preset.ts';

/**
 * BentoML's monitoring log: one flat object for each call. Which column is the prediction stands in a schema log of
 * its own, whose records are passed over: `prediction_field` names it.
 */
export const bentoml: FormatPreset = {
  name: 'bentoml',
  title: 'BentoML monitoring log',
  payload: 'json',
  recognises: ({ value }) =>
    isObject(value) &&
    ('meta_data' in value ? 'columns' in value : 'request_id' in value && 'timestamp' in value),
  read({ value }, settings) {
    if (!isObject(value)) return refuse('not_an_object', 'a record of the monitoring log is one JSON object');
    if ('meta_data' in value && 'columns' in value) return ok([]);
    const { predictionField } = settings;
    const taken = new Set(['timestamp', 'request_id', predictionField]);
    return ok([
      {
        type: 'prediction',
        prediction_id: asId(value['request_id']),
        model: settings.model,
        model_version: settings.modelVersion,
        timestamp: value['timestamp'],
        features: remaining(value, taken),
        ...predicted(value[predictionField], settings),
      },
    ]);
  },
};

/** Ids logged as numbers keep their digits: they were parsed exactly. */
export function asId(value: unknown): unknown {
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value;
}
