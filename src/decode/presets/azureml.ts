import type { FormatSettings } from '../../core/events/log-format.ts';
import { ok } from '../../core/result.ts';
import { refuse } from '../dead-letter.ts';
import type { CloudEvent } from './payload/cloud-event.ts';
import { cloudEvents } from './payload/cloud-event.ts';
import { joined } from './kserve.ts';
import { listedOutcomes } from './payload/outcomes.ts';
import type { Envelopes, FormatPreset } from './preset.ts';
import { featureEvents, predictionEvents } from './payload/row-events.ts';
import { listedRows } from './payload/rows.ts';

const TYPE = /^azureml\.inference\.(?:[^.]*_)?(?<half>inputs|outputs)$/;
const ENDPOINT = /\/onlineEndpoints\/(?<endpoint>[^/]+)/i;

/**
 * Azure ML's model data collector: CloudEvents whose data is a list of rows, inputs and outputs apart, joined by
 * `correlationid`. The model is the endpoint in `source`, unless the topic names one.
 */
export const azureml: FormatPreset = {
  name: 'azureml',
  title: 'Azure ML model data collector',
  payload: 'json',
  recognises: (message) =>
    cloudEvents(message)?.some(({ attributes }) => (attributes.get('type') ?? '').startsWith('azureml.')) ??
    false,
  read(message, settings) {
    const events = cloudEvents(message);
    if (events === null) return refuse('missing_fields', 'no CloudEvent: specversion and type are expected');
    return joined(events.map((event) => collected(event, settings)));
  },
};

function collected({ attributes, data }: CloudEvent, settings: FormatSettings): Envelopes {
  const half = TYPE.exec(attributes.get('type') ?? '')?.groups?.['half'];
  if (half === undefined) return ok([]);
  if (!Array.isArray(data)) {
    return refuse(
      'missing_fields',
      `the ${half} are not in the event; payloads above the collector's limit are only pointed to`,
    );
  }
  const call = {
    id: attributes.get('correlationid') ?? null,
    model: ENDPOINT.exec(attributes.get('source') ?? '')?.groups?.['endpoint'] ?? null,
    modelVersion: attributes.get('modelversion'),
    timestamp: attributes.get('time'),
  };
  return half === 'inputs'
    ? featureEvents(call, listedRows(data, settings), settings)
    : predictionEvents(call, listedOutcomes(data, settings), settings);
}
