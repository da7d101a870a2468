import type { FormatSettings } from '../../../core/events/log-format.ts';
import { ok } from '../../../core/result.ts';
import { refuse } from '../../dead-letter.ts';
import type { Outcomes } from './outcomes.ts';
import type { Envelope, Envelopes } from '../preset.ts';
import type { PayloadRows } from './rows.ts';

/** What the rows of one message share. */
export interface Call {
  /** Of the whole call; null where the log gives none. */
  readonly id: string | null;
  readonly model: string | null;
  readonly modelVersion?: unknown;
  readonly timestamp?: unknown;
  readonly tags?: Envelope['tags'];
  readonly latencyMs?: unknown;
  readonly error?: unknown;
}

/**
 * The id of one row. A call of one row is its id; of several, `-item-0`, `-item-1`, … are appended, as Seldon's
 * request logger does. Labels for them must carry the same.
 *
 * @example rowId('a1', 1, 3) // 'a1-item-1'
 */
export function rowId(callId: string | null, row: number, rows: number): string | null {
  return callId === null || rows === 1 ? callId : `${callId}-item-${row}`;
}

/** The request half of a call: `features` events. */
export function featureEvents(call: Call, rows: PayloadRows, settings: FormatSettings): Envelopes {
  if (!rows.ok) return rows;
  return ok(
    rows.value.map((features, row) => ({
      type: 'features',
      ...shared(call, row, rows.value.length, settings),
      features,
    })),
  );
}

/** The response half of a call: `prediction` events without features. */
export function predictionEvents(call: Call, outcomes: Outcomes, settings: FormatSettings): Envelopes {
  if (!outcomes.ok) return outcomes;
  return ok(
    outcomes.value.map((outcome, row) => ({
      type: 'prediction',
      ...shared(call, row, outcomes.value.length, settings),
      ...outcome,
    })),
  );
}

/** Request and response in one record. Either may be absent; a failed call has inputs and an error. */
export function callEvents(
  call: Call,
  rows: PayloadRows | null,
  outcomes: Outcomes | null,
  settings: FormatSettings,
): Envelopes {
  if (rows === null) {
    if (outcomes !== null) return predictionEvents(call, outcomes, settings);
    return refuse('missing_fields', 'the message has neither inputs nor outputs');
  }
  if (!rows.ok) return rows;
  if (outcomes !== null && !outcomes.ok) return outcomes;
  const answers = outcomes?.value ?? null;
  if (answers !== null && answers.length !== rows.value.length) {
    return refuse('invalid_field', `${rows.value.length} rows went in and ${answers.length} came out`);
  }
  return ok(
    rows.value.map((features, row) => ({
      type: 'prediction',
      ...shared(call, row, rows.value.length, settings),
      features,
      ...answers?.[row],
    })),
  );
}

function shared(call: Call, row: number, rows: number, settings: FormatSettings): Envelope {
  return {
    prediction_id: rowId(call.id, row, rows),
    model: settings.model ?? call.model,
    model_version: settings.modelVersion ?? call.modelVersion,
    timestamp: call.timestamp,
    tags: call.tags,
    latency_ms: call.latencyMs,
    error: call.error,
  };
}
