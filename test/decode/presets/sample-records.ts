/** One message or more of each preset, as a record and as the preset sees it. */
import type { RawRecord } from '../../../src/core/events/log-source.ts';
import type { FormatMessage } from '../../../src/decode/presets/preset.ts';
import { record, samples } from '../record.ts';

export interface SampleRecord {
  readonly preset: string;
  readonly topic: string;
  readonly value: unknown;
  readonly raw: RawRecord;
  readonly message: FormatMessage;
}

interface Given {
  readonly topic?: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

function sample(
  preset: string,
  value: unknown,
  { topic = 't', key, headers = {} }: Given = {},
): SampleRecord {
  const given = { value: value as object, headers, ...(key === undefined ? {} : { key }) };
  const lower = new Map(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
  return {
    preset,
    topic,
    value,
    raw: record(given),
    message: { value, headers: lower, key: key ?? null, topic },
  };
}

const at = (value: unknown, ...path: (string | number)[]): never =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value) as never;
const kserve = samples('kserve_cloudevents');
const seldon = samples('seldon_core2_kafka');
const others = at(samples('other_monitoring_logs'), 'samples') as Record<string, unknown>[];
const other = (start: string, part: string): unknown =>
  others.find((one) => String(one['format']).startsWith(start))?.[part];
const tensor = (values: unknown[]) => ({
  name: 'x',
  shape: [1, values.length],
  datatype: 'FP32',
  data: values,
});

export const SAMPLE_RECORDS: readonly SampleRecord[] = [
  ...(at(kserve, 'samples') as { headers: Record<string, string>; value_utf8: string }[]).map(
    ({ headers, value_utf8 }) => sample('kserve', JSON.parse(value_utf8), { headers }),
  ),
  ...(at(seldon, 'samples') as { topic: string; key: string; value_base64: string }[]).map(
    ({ topic, key, value_base64 }) => sample('seldon', Buffer.from(value_base64, 'base64'), { topic, key }),
  ),
  sample('azureml', at(samples('azureml_data_collector'), 'samples', 0, 'value')),
  sample('sagemaker', at(samples('sagemaker_data_capture'), 'samples', 0, 'value')),
  sample('sagemaker', at(samples('sagemaker_data_capture'), 'samples', 1, 'value')),
  sample('open-inference', at(samples('open_inference_protocol_v2'), 'samples', 1, 'value')),
  sample('open-inference', {
    request: { id: 'a', inputs: [tensor([1, 2])] },
    response: { outputs: [tensor([0.5])] },
  }),
  sample('bentoml', other('BentoML', 'data')),
  // The published request, its shape mended: field 3 of the tensor says [1, 3] and two values follow.
  sample('trustyai', { ...(other('TrustyAI', 'value') as object), data: trustyRequest() }),
  sample('openinference-span', other('OpenInference', 'value')),
  sample('snowplow', other('Snowplow', 'value')),
  sample('arize', {
    model_id: 'm',
    prediction_id: 'p',
    prediction_label: 'x',
    features: other('Arize', 'example_features'),
  }),
  sample('deepchecks', { _dc_sample_id: 's', _dc_time: 1772366400, _dc_prediction: 'a', age: 3 }),
  sample('feast', {
    user: 1,
    view__f: 2,
    view__f__status: 1,
    __request_id: 'r',
    __log_timestamp: 1772366400000000,
  }),
  sample('vertex', {
    model: 'm',
    time: '2026-03-01T12:00:00Z',
    raw_data: '{"instances":[[1]]}',
    raw_prediction: '{"predictions":[1]}',
  }),
  sample('databricks', {
    databricks_request_id: 'd',
    timestamp_ms: 1772366400000,
    status_code: 200,
    request: '{"inputs":{"a":[1]}}',
    response: '{"predictions":[1]}',
  }),
];

function trustyRequest(): string {
  const bytes = Buffer.from(at(other('TrustyAI', 'value'), 'data'), 'base64');
  const shape = bytes.indexOf(Buffer.from([0x1a, 0x02, 0x01, 0x03]));
  bytes[shape + 3] = 2;
  return bytes.toString('base64');
}
