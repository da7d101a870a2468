import type { FormatSettings } from '../../core/events/log-format.ts';
import type { Result } from '../../core/result.ts';
import { ok } from '../../core/result.ts';
import type { Refusal } from '../dead-letter.ts';
import { refuse } from '../dead-letter.ts';
import { csvRows } from './payload/csv-cells.ts';
import { field, isObject, parsedText, spelled, textOf } from './payload/json-shape.ts';
import type { Outcomes } from './payload/outcomes.ts';
import { listedOutcomes, responseOutcomes } from './payload/outcomes.ts';
import type { Envelopes, FormatPreset } from './preset.ts';
import type { Call } from './payload/row-events.ts';
import { callEvents, rowId } from './payload/row-events.ts';
import type { PayloadRows } from './payload/rows.ts';
import { listedRows, requestRows } from './payload/rows.ts';

/**
 * Amazon SageMaker data capture, and the ground truth uploaded beside it. The id is the `inferenceId` the caller set,
 * else the `eventId`. Its records name no model.
 */
export const sagemaker: FormatPreset = {
  name: 'sagemaker',
  title: 'Amazon SageMaker data capture and ground truth',
  payload: 'json',
  recognises: ({ value }) =>
    isObject(value) && ('captureData' in value || 'groundTruthData' in value) && 'eventMetadata' in value,
  read({ value }, settings) {
    const about = field(value, 'eventMetadata');
    const call: Call = {
      id: textOf(field(about, 'inferenceId')) ?? textOf(field(about, 'eventId')),
      model: null,
      timestamp: field(about, 'inferenceTime'),
    };
    const truth = field(value, 'groundTruthData');
    if (truth !== undefined) return groundTruth(call, truth, settings);
    const captured = field(value, 'captureData');
    const input = field(captured, 'endpointInput');
    const output = field(captured, 'endpointOutput');
    return callEvents(
      call,
      isObject(input) ? inputRows(input, settings) : null,
      isObject(output) ? outputs(output, settings) : null,
      settings,
    );
  },
};

type Captured = Result<
  | { readonly kind: 'cells'; readonly cells: (string | number | null)[][] }
  | { readonly kind: 'json'; readonly body: unknown },
  Refusal
>;

/** `data` is a string whose meaning another field tells: CSV, JSON, lines of JSON, or either in base64. */
function capturedData(side: unknown): Captured {
  const given = field(side, 'data');
  const encoding = spelled(field(side, 'encoding')).toUpperCase();
  const contentType = spelled(field(side, 'observedContentType')).toLowerCase();
  if (typeof given !== 'string') return refuse('missing_fields', 'captured data is missing');
  const text = encoding === 'BASE64' ? Buffer.from(given, 'base64').toString('utf8') : given;
  if (encoding === 'CSV' || (encoding === 'BASE64' && contentType.includes('csv'))) {
    return ok({ kind: 'cells', cells: csvRows(text) });
  }
  const body = contentType.includes('jsonlines')
    ? text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(parsedText)
    : parsedText(text);
  if (body === null) return refuse('malformed_json', `captured data of encoding ${encoding} is no JSON`);
  return ok({ kind: 'json', body });
}

function inputRows(side: unknown, settings: FormatSettings): PayloadRows {
  const data = capturedData(side);
  if (!data.ok) return data;
  return data.value.kind === 'cells'
    ? listedRows(data.value.cells, settings)
    : requestRows(data.value.body, settings);
}

function outputs(side: unknown, settings: FormatSettings): Outcomes {
  const data = capturedData(side);
  if (!data.ok) return data;
  return data.value.kind === 'cells'
    ? listedOutcomes(data.value.cells, settings)
    : responseOutcomes(data.value.body, settings);
}

/** One label for each row of the call, in its order. */
function groundTruth(call: Call, truth: unknown, settings: FormatSettings): Envelopes {
  const data = capturedData(truth);
  if (!data.ok) return data;
  const { value } = data;
  const labels = value.kind === 'cells' ? value.cells.flat() : [value.body].flat();
  return ok(
    labels.map((label, row) => ({
      type: 'label',
      prediction_id: rowId(call.id, row, labels.length),
      model: settings.model,
      label,
    })),
  );
}
