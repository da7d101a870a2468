import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import { predicted, remaining } from './payload/flat-record.ts';
import { field, isObject, parsedText, textOf } from './payload/json-shape.ts';
import type { FormatMessage, FormatPreset } from './preset.ts';

/** Only self-describing events carry data of their own; page views and pings are passed over. */
const SELF_DESCRIBING = 'ue';

/** Self-describing events of Snowplow trackers: the fields of the inner `data` are features. */
export const snowplow: FormatPreset = {
  name: 'snowplow',
  title: 'Snowplow self-describing events',
  payload: 'json',
  recognises: ({ value }) => isObject(value) && 'eid' in value && ('ue_pr' in value || 'ue_px' in value),
  read(message, settings) {
    const { value } = message;
    if (field(value, 'e') !== SELF_DESCRIBING) return ok([]);
    const data = field(field(selfDescribed(message), 'data'), 'data');
    if (!isObject(data)) return refuse('missing_fields', 'ue_pr or ue_px holds no self-describing event');
    const { predictionField } = settings;
    return ok([
      {
        type: 'prediction',
        prediction_id: textOf(field(value, 'eid')),
        model: settings.model,
        model_version: settings.modelVersion,
        timestamp: field(value, 'dtm'),
        features: remaining(data, new Set([predictionField])),
        ...predicted(data[predictionField], settings),
      },
    ]);
  },
};

function selfDescribed({ value }: FormatMessage): unknown {
  const encoded = field(value, 'ue_px');
  if (typeof encoded !== 'string') return parsedText(field(value, 'ue_pr'));
  return parsedText(Buffer.from(encoded, 'base64url').toString('utf8'));
}
