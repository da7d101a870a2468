import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import { asId } from './bentoml.ts';
import { predicted } from './payload/flat-record.ts';
import { isObject } from './payload/json-shape.ts';
import { outcome } from './payload/outcomes.ts';
import type { Envelope, FormatPreset } from './preset.ts';

const SYSTEM = '_dc_';

/** Samples of Deepchecks Monitoring: columns that begin with `_dc_` have a meaning, the others are features. */
export const deepchecks: FormatPreset = {
  name: 'deepchecks',
  title: 'Deepchecks Monitoring samples',
  payload: 'json',
  recognises: ({ value }) => isObject(value) && '_dc_sample_id' in value,
  read({ value }, settings) {
    if (!isObject(value)) return refuse('not_an_object', 'a sample is one JSON object');
    const prediction_id = asId(value['_dc_sample_id']);
    const label = value['_dc_label'];
    const features = new Map(Object.entries(value).filter(([name]) => !name.startsWith(SYSTEM)));
    const isPrediction = features.size > 0 || value['_dc_prediction'] !== undefined;
    const events: Envelope[] = [];
    if (isPrediction) {
      const probabilities = value['_dc_prediction_probabilities'];
      const spread = Array.isArray(probabilities) ? outcome(probabilities, settings) : ok({});
      if (!spread.ok) return spread;
      events.push({
        type: 'prediction',
        prediction_id,
        model: settings.model,
        model_version: settings.modelVersion,
        timestamp: value['_dc_time'],
        features,
        ...spread.value,
        ...predicted(value['_dc_prediction'], settings),
      });
    }
    if (label !== undefined && label !== null) {
      events.push({ type: 'label', prediction_id, model: settings.model, label });
    }
    return ok(events);
  },
};
