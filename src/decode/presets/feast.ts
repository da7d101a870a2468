import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import { asId } from './bentoml.ts';
import { isObject } from './payload/json-shape.ts';
import type { FormatPreset } from './preset.ts';

const SEPARATOR = '__';
const STATUS = '__status';
const EVENT_TIME = '__timestamp';
/** 2 is a null value, 3 not found, 4 outside the maximum age: no usable value in any of them. */
const PRESENT = 1;

/**
 * Feast's feature log: `<view>__<feature>` with a status beside each. A feature that was not found or too old is
 * missing. Join keys become tags.
 */
export const feast: FormatPreset = {
  name: 'feast',
  title: 'Feast feature log',
  payload: 'json',
  recognises: ({ value }) => isObject(value) && '__request_id' in value && '__log_timestamp' in value,
  read({ value }, settings) {
    if (!isObject(value)) return refuse('not_an_object', 'a record of the feature log is one JSON object');
    const features = new Map<string, unknown>();
    const tags = new Map<string, unknown>();
    for (const [name, logged] of Object.entries(value)) {
      if (name.startsWith(SEPARATOR) || name.endsWith(STATUS) || name.endsWith(EVENT_TIME)) continue;
      if (!name.includes(SEPARATOR)) tags.set(name, logged);
      else {
        const status = value[`${name}${STATUS}`];
        features.set(name, status === undefined || Number(status) === PRESENT ? logged : null);
      }
    }
    return ok([
      {
        type: 'features',
        prediction_id: asId(value['__request_id']),
        model: settings.model,
        model_version: settings.modelVersion,
        timestamp: value['__log_timestamp'],
        features,
        tags,
      },
    ]);
  },
};
