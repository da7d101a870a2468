import { field, isObject, parsedText, spelled, textOf } from './payload/json-shape.ts';
import { responseOutcomes } from './payload/outcomes.ts';
import type { FormatPreset } from './preset.ts';
import { callEvents } from './payload/row-events.ts';
import { requestRows } from './payload/rows.ts';

const SUCCESS = 200;

/**
 * Rows of a Databricks inference table, as change feeds carry them: request and response are JSON inside strings. A
 * call that failed keeps its inputs and its status as the error.
 */
export const databricks: FormatPreset = {
  name: 'databricks',
  title: 'Databricks / MLflow inference table',
  payload: 'json',
  recognises: ({ value }) => isObject(value) && 'databricks_request_id' in value && 'request' in value,
  read({ value }, settings) {
    const status = field(value, 'status_code');
    const succeeded = status === undefined || Number(status) === SUCCESS;
    const response = field(value, 'response');
    const call = {
      id: textOf(field(value, 'client_request_id')) ?? textOf(field(value, 'databricks_request_id')),
      model: null,
      timestamp: field(value, 'timestamp_ms'),
      latencyMs: field(value, 'execution_time_ms'),
      error: succeeded ? null : `status ${spelled(status)}`,
    };
    const outcomes =
      succeeded && response !== undefined && response !== null
        ? responseOutcomes(parsedText(response), settings)
        : null;
    return callEvents(call, requestRows(parsedText(field(value, 'request')), settings), outcomes, settings);
  },
};
