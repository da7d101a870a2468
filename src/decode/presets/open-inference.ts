import { refuse } from '../dead-letter.ts';
import { field, textOf } from './payload/json-shape.ts';
import { responseOutcomes } from './payload/outcomes.ts';
import type { FormatPreset } from './preset.ts';
import { callEvents, featureEvents, predictionEvents } from './payload/row-events.ts';
import { isTensorList, requestRows } from './payload/rows.ts';

/**
 * Bare requests and responses of the Open Inference Protocol v2 in JSON, one a record, or both in one record as
 * `request` and `response`. Joined by `id`, else by the record's key.
 */
export const openInference: FormatPreset = {
  name: 'open-inference',
  title: 'Open Inference Protocol v2 (JSON)',
  payload: 'json',
  recognises: ({ value }) =>
    isTensorList(field(value, 'inputs')) ||
    isTensorList(field(value, 'outputs')) ||
    isTensorList(field(field(value, 'request'), 'inputs')),
  read({ value, key }, settings) {
    const request = field(value, 'request');
    const response = field(value, 'response');
    const call = {
      id: textOf(field(value, 'id')) ?? textOf(field(request, 'id')) ?? textOf(field(response, 'id')) ?? key,
      model: textOf(field(value, 'model_name')) ?? textOf(field(response, 'model_name')),
      timestamp: field(value, 'timestamp'),
    };
    if (request !== undefined) {
      const outcomes = response === undefined ? null : responseOutcomes(response, settings);
      return callEvents(call, requestRows(request, settings), outcomes, settings);
    }
    if (isTensorList(field(value, 'inputs'))) {
      return featureEvents(call, requestRows(value, settings), settings);
    }
    if (isTensorList(field(value, 'outputs'))) {
      return predictionEvents(call, responseOutcomes(value, settings), settings);
    }
    return refuse('missing_fields', 'no tensors were found under inputs or outputs');
  },
};
