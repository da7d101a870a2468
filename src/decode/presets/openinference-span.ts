import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import { parseTimestamp } from '../timestamp.ts';
import { field, isObject, textOf } from './payload/json-shape.ts';
import type { FormatPreset } from './preset.ts';

/** What is watched of a text: its length. The text itself is no category. */
const TEXTS = [
  ['input.value', 'input_length'],
  ['output.value', 'output_length'],
] as const;
const NUMBERS = ['llm.token_count.prompt', 'llm.token_count.completion', 'llm.token_count.total'] as const;

/** Spans of OpenInference traces: lengths and token counts as features, kind and status as tags, duration as latency. */
export const openinferenceSpan: FormatPreset = {
  name: 'openinference-span',
  title: 'OpenInference spans',
  payload: 'json',
  recognises: ({ value }) => isObject(field(value, 'context')) && 'start_time' in (value as object),
  read({ value }, settings) {
    const attributes = field(value, 'attributes');
    if (!isObject(attributes)) return refuse('missing_fields', 'a span needs attributes');
    const features = new Map<string, unknown>();
    for (const [name, feature] of TEXTS) {
      const text = field(attributes, name);
      if (typeof text === 'string') features.set(feature, text.length);
    }
    for (const name of NUMBERS) {
      const count = field(attributes, name);
      if (count !== undefined) features.set(name, count);
    }
    const tags = new Map<string, unknown>();
    const kind = field(attributes, 'openinference.span.kind');
    if (kind !== undefined) tags.set('span_kind', kind);
    const failed = field(value, 'status_code') === 'ERROR';
    return ok([
      {
        type: 'prediction',
        prediction_id: textOf(field(field(value, 'context'), 'span_id')),
        model: settings.model ?? field(attributes, 'llm.model_name'),
        model_version: settings.modelVersion,
        timestamp: field(value, 'start_time'),
        features,
        tags,
        latency_ms: durationMs(field(value, 'start_time'), field(value, 'end_time')),
        error: failed ? (textOf(field(value, 'status_message')) ?? 'ERROR') : null,
      },
    ]);
  },
};

function durationMs(start: unknown, end: unknown): number | null {
  const from = parseTimestamp(start);
  const to = parseTimestamp(end);
  return from.ok && to.ok && to.value >= from.value ? to.value - from.value : null;
}
