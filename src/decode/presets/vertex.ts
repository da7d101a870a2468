import { ok } from '../../core/result.ts';
import { field, isObject, parsedText, textOf } from './payload/json-shape.ts';
import { responseOutcomes } from './payload/outcomes.ts';
import type { Envelope, FormatPreset } from './preset.ts';
import { callEvents, rowId } from './payload/row-events.ts';
import { requestRows } from './payload/rows.ts';

/** Request-response logging of Google's AI Platform: JSON inside strings, and the truth in the same row once known. */
export const vertex: FormatPreset = {
  name: 'vertex',
  title: 'Google Vertex AI request-response log',
  payload: 'json',
  recognises: ({ value }) => isObject(value) && 'raw_data' in value && 'raw_prediction' in value,
  read({ value, key }, settings) {
    const call = {
      id: textOf(field(value, 'insert_id')) ?? key,
      model: textOf(field(value, 'model')),
      modelVersion: field(value, 'model_version'),
      timestamp: field(value, 'time'),
    };
    const answer = field(value, 'raw_prediction');
    const outcomes =
      answer === undefined || answer === null ? null : responseOutcomes(parsedText(answer), settings);
    const rows = requestRows(parsedText(field(value, 'raw_data')), settings);
    const predictions = callEvents(call, rows, outcomes, settings);
    const truth = field(value, 'groundtruth');
    if (!predictions.ok || truth === undefined || truth === null || call.id === null) return predictions;
    const labels = [parsedText(truth) ?? truth].flat() as unknown[];
    return ok([
      ...predictions.value,
      ...labels.map((label, row): Envelope => ({
        type: 'label',
        prediction_id: rowId(call.id, row, labels.length),
        model: settings.model ?? call.model,
        label,
      })),
    ]);
  },
};
