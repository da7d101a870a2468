import type { FormatSettings } from '../../core/events/log-format.ts';
import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import type { CloudEvent } from './payload/cloud-event.ts';
import { cloudEvents } from './payload/cloud-event.ts';
import { base64Bytes, field, parsedText, records, textOf } from './payload/json-shape.ts';
import { responseOutcomes } from './payload/outcomes.ts';
import type { Envelopes, FormatMessage, FormatPreset } from './preset.ts';
import { featureEvents, predictionEvents } from './payload/row-events.ts';
import { requestRows } from './payload/rows.ts';

/** KServe's and Seldon's payload loggers; other types on the same topic are passed over. */
const TYPE = /^(?:org\.kubeflow|io\.seldon)\.serving\.inference\.(?<half>request|response)$/;
const TAGS = ['namespace', 'endpoint', 'component'] as const;

/**
 * The KServe inference logger: CloudEvents in binary or structured mode, over Kafka or HTTP, also the records it
 * writes to a blob store. A request becomes `features` events, its response `prediction` events, joined by the id
 * they share.
 */
export const kserve: FormatPreset = {
  name: 'kserve',
  title: 'KServe inference logger (CloudEvents)',
  payload: 'json',
  recognises: (message) =>
    cloudEvents(message)?.some(({ attributes }) => TYPE.test(attributes.get('type') ?? '')) ??
    blobRecords(message) !== null,
  read(message, settings) {
    const events = cloudEvents(message);
    const halves = events === null ? blobRecords(message) : events.map(halfOfEvent);
    if (halves === null) {
      return refuse(
        'missing_fields',
        'no CloudEvent: neither ce_type and ce_id in headers, nor specversion and type',
      );
    }
    return joined(halves.map((half) => halfEvents(half, settings)));
  },
};

interface Half {
  readonly half: 'request' | 'response' | null;
  readonly id: string | null;
  readonly model: string | null;
  readonly timestamp: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly body: unknown;
}

function halfOfEvent({ attributes, data }: CloudEvent): Half {
  return {
    half: halfOf(attributes.get('type')),
    id: attributes.get('id') ?? null,
    model: attributes.get('inferenceservicename') ?? null,
    timestamp: attributes.get('time'),
    tags: tagsOf((name) => attributes.get(name)),
    body: data,
  };
}

/** As written by the logger's storage mode: attributes in camel case, the body in base64. */
function blobRecords({ value }: FormatMessage): Half[] | null {
  const list = records(value);
  if (list === null || !list.every((record) => 'reqType' in record && 'bytes' in record)) return null;
  return list.map((record) => ({
    half: halfOf(textOf(record['reqType']) ?? undefined),
    id: textOf(record['id']),
    model: textOf(record['inferenceService']),
    timestamp: undefined,
    tags: tagsOf((name) => textOf(field(record, name)) ?? undefined),
    body: parsedText(Buffer.from(base64Bytes(record['bytes']) ?? []).toString('utf8')),
  }));
}

function halfOf(type: string | undefined): Half['half'] {
  const half = TYPE.exec(type ?? '')?.groups?.['half'];
  return half === 'request' || half === 'response' ? half : null;
}

function tagsOf(attribute: (name: string) => string | undefined): Map<string, string> {
  const tags = new Map<string, string>();
  for (const name of TAGS) {
    const value = attribute(name);
    if (value !== undefined && value !== '') tags.set(name, value);
  }
  return tags;
}

function halfEvents({ half, body, ...call }: Half, settings: FormatSettings): Envelopes {
  if (half === null) return ok([]);
  if (body === undefined || body === null) {
    return refuse('missing_fields', `the ${half} has no payload, or one that is not JSON`);
  }
  return half === 'request'
    ? featureEvents(call, requestRows(body, settings), settings)
    : predictionEvents(call, responseOutcomes(body, settings), settings);
}

/** The first refusal, or all events of a message. */
export function joined(parts: readonly Envelopes[]): Envelopes {
  const refused = parts.find((part) => !part.ok);
  return refused ?? ok(parts.flatMap((part) => (part.ok ? part.value : [])));
}
