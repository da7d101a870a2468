import type { FormatSettings } from '../../core/events/log-format.ts';
import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import { asId } from './bentoml.ts';
import { predicted } from './payload/flat-record.ts';
import { isObject } from './payload/json-shape.ts';
import type { Envelope, FormatPreset } from './preset.ts';

/**
 * The arguments of Arize's `log()` as JSON. A record may hold a prediction, a label, or both; training and validation
 * records are passed over.
 */
export const arize: FormatPreset = {
  name: 'arize',
  title: 'Arize records',
  payload: 'json',
  recognises: ({ value }) =>
    isObject(value) && 'model_id' in value && ('prediction_label' in value || 'actual_label' in value),
  read({ value }, settings) {
    if (!isObject(value)) return refuse('not_an_object', 'a record is one JSON object');
    const environment = value['environment'];
    if (typeof environment === 'string' && environment.toLowerCase() !== 'production') return ok([]);
    const common = {
      prediction_id: asId(value['prediction_id']),
      model: settings.model ?? value['model_id'],
      timestamp: value['prediction_timestamp'],
    };
    const hasTruth = value['actual_label'] !== undefined && value['actual_label'] !== null;
    const hasPrediction =
      value['prediction_label'] !== undefined || (!hasTruth && value['features'] !== undefined);
    const events: Envelope[] = [];
    if (hasPrediction) {
      events.push({
        type: 'prediction',
        ...common,
        model_version: settings.modelVersion ?? value['model_version'],
        features: value['features'],
        tags: value['tags'],
        ...labelAndScore(value['prediction_label'], settings),
      });
    }
    // The time of a record is its prediction's: a label takes the time at which it was logged.
    if (hasTruth) {
      events.push({ type: 'label', ...common, timestamp: undefined, label: single(value['actual_label']) });
    }
    return ok(events);
  },
};

/** A label alone, or a label and its score. */
function labelAndScore(value: unknown, settings: FormatSettings): object {
  if (!Array.isArray(value)) return predicted(value, settings);
  const [prediction, score] = value as unknown[];
  return { prediction, ...(typeof score === 'number' ? { score } : {}) };
}

const single = (value: unknown): unknown => (Array.isArray(value) ? (value as unknown[])[0] : value);
