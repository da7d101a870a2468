/** The samples of other systems' logs, as their documentation shows them, read by the presets. */
import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/core/events/events.ts';
import { tensorRows } from '../../../src/decode/presets/payload/open-inference-rows.ts';
import { decodeRecord, eventsOf, featuresOf, format, record, refusedOf, samples } from '../record.ts';

interface KserveSample {
  readonly name: string;
  readonly headers: Record<string, string>;
  readonly value_utf8: string;
}
const kserve = samples('kserve_cloudevents') as {
  samples: KserveSample[];
  blob_store_record: { value: object };
  expected: { model: string; request_id: string; rows: number[][]; predictions: number[] };
};
const NAMES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const ids = (events: readonly LogEvent[]) =>
  events.map((event) => (event.type === 'label' ? event.predictionId : event.predictionId));

describe('KServe', () => {
  const { expected } = kserve;
  it.each(kserve.samples)('$name', ({ name, headers, value_utf8 }) => {
    const events = eventsOf(
      decodeRecord(format('kserve', { featureNames: NAMES }), record({ headers, value: value_utf8 })),
    );
    const isRequest = name.endsWith('request');
    expect(events.map(({ type, model }) => [type, model])).toEqual([
      [isRequest ? 'features' : 'prediction', expected.model],
      [isRequest ? 'features' : 'prediction', expected.model],
    ]);
    if (isRequest) {
      expect(events.map(featuresOf)).toEqual(expected.rows);
      expect(events[0]).toMatchObject({ features: new Map(NAMES.map((n, i) => [n, expected.rows[0]?.[i]])) });
    } else {
      expect(events.map((event) => event.type === 'prediction' && event.prediction)).toEqual(
        expected.predictions,
      );
    }
    expect(events[0]).toMatchObject({ tags: new Map([['namespace', 'default']]) });
    if (!name.startsWith('knative')) {
      expect(ids(events)).toEqual([`${expected.request_id}-item-0`, `${expected.request_id}-item-1`]);
      expect(new Date(events[0]?.timestampMs ?? 0).toISOString()).toMatch(/^2021-04-10T00:23:26\.0(78|80)Z$/);
    }
  });

  it('gives both halves the same ids, so that the store can join them in either order', () => {
    const half = (name: string) => {
      const sample = kserve.samples.find((one) => one.name === name);
      return ids(
        eventsOf(
          decodeRecord(
            format('kserve'),
            record({ headers: sample?.headers ?? {}, value: sample?.value_utf8 ?? '' }),
          ),
        ),
      );
    };
    expect(half('kafka_structured_request')).toEqual(half('kafka_binary_response'));
  });

  it('passes over what is no inference, a tombstone is empty', () => {
    const headers = { ce_type: 'dev.example.other', ce_id: '1', ce_specversion: '1.0' };
    expect(eventsOf(decodeRecord(format('kserve'), record({ headers, value: {} })))).toEqual([]);
    expect(refusedOf(decodeRecord(format('kserve'), record({ headers, value: null }))).reason).toBe(
      'empty_message',
    );
    expect(
      eventsOf(decodeRecord(format('kserve'), record({ value: kserve.blob_store_record.value }))),
    ).toEqual([]);
  });

  it('reads what the logger writes to a blob store', () => {
    const value = {
      ...kserve.blob_store_record.value,
      reqType: 'org.kubeflow.serving.inference.request',
      bytes: Buffer.from('{"instances":[{"age":42}]}').toString('base64'),
    };
    expect(eventsOf(decodeRecord(format('kserve'), record({ value: [value] })))).toMatchObject([
      {
        type: 'features',
        model: 'test-service',
        predictionId: 'test-id-123',
        features: new Map([['age', 42]]),
      },
    ]);
  });

  it("reads Seldon's request logger, which speaks CloudEvents 0.3", () => {
    const seldon = samples('seldon_core2_kafka') as {
      http_request_logger: { headers: Record<string, string>; body: object };
    };
    const { headers, body } = seldon.http_request_logger;
    const events = eventsOf(decodeRecord(format('kserve'), record({ headers, value: body })));
    expect(events).toMatchObject([{ type: 'prediction', model: 'mlserver', prediction: 2 }]);
  });
});

describe('Seldon Core 2', () => {
  const sample = samples('seldon_core2_kafka') as {
    samples: {
      name: string;
      topic: string;
      key: string;
      value_base64: string;
      expected: { rows: number[][] };
    }[];
  };
  it('joins inputs and outputs by key, and takes the model from the topic', () => {
    const [inputs, outputs] = sample.samples.map(({ topic, key, value_base64 }) =>
      eventsOf(
        decodeRecord(format('seldon'), record({ key, value: Buffer.from(value_base64, 'base64') }), {
          topic,
        }),
      ),
    );
    expect(inputs).toMatchObject([
      { type: 'features', model: 'mul10', modelVersion: 'default', predictionId: 'ciep0bofh5ss73dpdiq0' },
    ]);
    expect(inputs?.map(featuresOf)).toEqual(sample.samples[0]?.expected.rows);
    expect(outputs?.map((event) => event.type === 'prediction' && event.prediction)).toEqual([
      10, 20, 30, 40,
    ]);
    expect(outputs?.[0]?.model).toBe('mul10');
  });

  it('needs to know which half it is, and bytes that are the protocol', () => {
    const value = Buffer.from('not a message');
    expect(refusedOf(decodeRecord(format('seldon'), record({ value }))).detail).toContain('.inputs');
    const topic = 'seldon.default.model.m.inputs';
    expect(refusedOf(decodeRecord(format('seldon'), record({ value }), { topic })).reason).toBe(
      'schema_error',
    );
  });
});

describe('Open Inference Protocol', () => {
  const v2 = samples('open_inference_protocol_v2') as {
    samples: { value: { inputs?: unknown[]; outputs?: unknown[] }; expected: { rows: number[][] } }[];
  };
  it.each(v2.samples)('reads tensors nested or flat %#', ({ value, expected }) => {
    const rows = tensorRows((value.inputs ?? value.outputs)?.[0], 'row');
    expect(rows).toMatchObject({ ok: true, value: { rows: expected.rows } });
  });

  it('refuses a shape that its values do not fill', () => {
    const bool = { name: 'b', shape: [3], datatype: 'BOOL', data: [true] };
    const short = { name: 'x', shape: [1, 3], datatype: 'FP64', data: [1, 2] };
    for (const tensor of [bool, short]) {
      const refused = refusedOf(
        decodeRecord(format('open-inference', { model: 'm' }), record({ value: { inputs: [tensor] } })),
      );
      expect(refused).toMatchObject({ reason: 'invalid_field' });
      expect(refused.detail).toContain('shape');
    }
  });

  it('puts tensors side by side as columns', () => {
    const inputs = [
      { name: 'age', shape: [2], datatype: 'INT32', data: [41, 42] },
      {
        name: 'xy',
        shape: [2, 2],
        datatype: 'FP32',
        data: [
          [1, 2],
          [3, 4],
        ],
      },
    ];
    const events = eventsOf(
      decodeRecord(format('open-inference', { model: 'm' }), record({ value: { id: 'a', inputs } })),
    );
    expect(events.map((event) => event.type === 'features' && [...event.features])).toEqual([
      [
        ['age', 41],
        ['xy_0', 1],
        ['xy_1', 2],
      ],
      [
        ['age', 42],
        ['xy_0', 3],
        ['xy_1', 4],
      ],
    ]);
  });
});

describe('SageMaker', () => {
  const sagemaker = samples('sagemaker_data_capture') as {
    samples: { value: object; expected: Record<string, unknown> }[];
  };
  const read = (value: object, settings = {}) =>
    eventsOf(decodeRecord(format('sagemaker', { model: 'churn', ...settings }), record({ value })));

  it('reads captured CSV', () => {
    const [{ value, expected } = { value: {}, expected: {} }] = sagemaker.samples;
    const [event] = read(value, { output: 'score' });
    expect(featuresOf(event)).toHaveLength(expected['columns'] as number);
    expect(featuresOf(event).slice(0, 10)).toEqual(expected['first_ten']);
    expect(event).toMatchObject({
      predictionId: expected['id'],
      timestampMs: Date.parse(expected['time'] as string),
      score: 0.036397725343704224,
      prediction: '0',
    });
    expect(read(value)[0]).toMatchObject({ prediction: 0.036397725343704224, score: null });
  });

  it('reads ground truth as labels', () => {
    const truth = sagemaker.samples[1];
    expect(read(truth?.value ?? {})).toMatchObject([
      { type: 'label', predictionId: truth?.expected['join_id'], label: Number(truth?.expected['label']) },
    ]);
  });

  it('reads JSON of several rows, and prefers the id of the caller', () => {
    const side = (data: object) => ({ data: JSON.stringify(data), encoding: 'JSON' });
    const value = {
      captureData: {
        endpointInput: side({ instances: [{ features: [1, 'a'] }, { features: [2, 'b'] }] }),
        endpointOutput: side({
          predictions: [
            { predicted_label: 'x', score: 0.9 },
            { predicted_label: 'y', score: 0.2 },
          ],
        }),
      },
      eventMetadata: { eventId: 'e', inferenceId: 'mine', inferenceTime: '2026-03-01T12:00:00Z' },
    };
    expect(read(value)).toMatchObject([
      {
        predictionId: 'mine-item-0',
        prediction: 'x',
        score: 0.9,
        features: new Map<string, unknown>([
          ['f0', 1],
          ['f1', 'a'],
        ]),
      },
      { predictionId: 'mine-item-1', prediction: 'y', score: 0.2 },
    ]);
  });

  it('says that the topic must name the model', () => {
    const refused = refusedOf(
      decodeRecord(format('sagemaker'), record({ value: sagemaker.samples[0]?.value ?? {} })),
    );
    expect(refused).toMatchObject({ reason: 'missing_model' });
    expect(refused.detail).toContain('set `model` beside its format');
  });
});

describe('Azure ML', () => {
  const azure = samples('azureml_data_collector') as { samples: { value: Record<string, unknown> }[] };
  const value = azure.samples[0]?.value ?? {};
  it('reads rows of inputs, and takes the endpoint for the model', () => {
    const events = eventsOf(decodeRecord(format('azureml'), record({ value })));
    expect(events).toHaveLength(3);
    expect(events[1]).toMatchObject({
      type: 'features',
      model: 'localdev-endpoint',
      modelVersion: 'default',
      predictionId: '3711655d-b04c-4aa2-a6c4-6a90cbfcb73f-item-1',
      features: new Map([
        ['label', 'DRUG'],
        ['pattern', 'trazodone'],
      ]),
    });
  });

  it('joins outputs by the correlation id, and refuses what is only pointed to', () => {
    const outputs = {
      ...value,
      type: 'azureml.inference.model_outputs',
      data: [{ prediction: 'a' }, { label: 'b' }, { output: 1 }],
    };
    expect(
      eventsOf(decodeRecord(format('azureml'), record({ value: outputs }))).map(
        (event) => event.type === 'prediction' && [event.predictionId?.slice(-6), event.prediction],
      ),
    ).toEqual([
      ['item-0', 'a'],
      ['item-1', 'b'],
      ['item-2', 1],
    ]);
    expect(
      refusedOf(decodeRecord(format('azureml'), record({ value: { ...value, data: undefined } }))).detail,
    ).toContain('pointed to');
  });
});

describe('the other logs', () => {
  const others = samples('other_monitoring_logs') as { samples: Record<string, unknown>[] };
  const sample = (start: string) =>
    others.samples.find((one) => String(one['format']).startsWith(start)) ?? {};

  it('BentoML: an id above 2^53 keeps its digits, also as a number', () => {
    const data = sample('BentoML')['data'] as object;
    const read = format('bentoml', { model: 'summary', predictionField: 'summarized_text' });
    const expected = {
      predictionId: '14642743634293743168',
      timestampMs: Date.UTC(2024, 2, 5, 3, 33, 59, 490),
      features: new Map([['input_text', '<text>']]),
      prediction: '<text>',
    };
    expect(eventsOf(decodeRecord(read, record({ value: data })))).toMatchObject([expected]);
    const numeric = JSON.stringify(data).replace('"14642743634293743168"', '14642743634293743168');
    expect(eventsOf(decodeRecord(read, record({ value: numeric })))).toMatchObject([expected]);
    expect(eventsOf(decodeRecord(read, record({ value: sample('BentoML')['schema'] as object })))).toEqual(
      [],
    );
  });

  it('TrustyAI: protobuf in base64 inside JSON', () => {
    const value = sample('TrustyAI')['value'] as object;
    expect(
      eventsOf(decodeRecord(format('trustyai', { model: 'm' }), record({ value: { ...value, data: '' } }))),
    ).toEqual([]);
    // The published request has a shape of [1, 3] and two values.
    expect(refusedOf(decodeRecord(format('trustyai'), record({ value }))).detail).toContain('means 3');
  });

  it('OpenInference: offsets from UTC, lengths instead of texts', () => {
    const value = sample('OpenInference')['value'] as object;
    expect(
      eventsOf(decodeRecord(format('openinference-span', { model: 'chat' }), record({ value }))),
    ).toMatchObject([
      {
        model: 'chat',
        predictionId: 'f89ebb7c-10f6-4bf8-8a74-57324d2556ef',
        timestampMs: Date.UTC(2023, 8, 7, 18, 54, 47, 293),
        features: new Map([
          ['input_length', 17],
          ['output_length', 15],
        ]),
        latencyMs: 2029,
        error: null,
      },
    ]);
  });

  it('Snowplow: JSON inside a string, or in base64url', () => {
    const value = sample('Snowplow')['value'] as Record<string, string>;
    const expected = {
      predictionId: '4ed5da6b-7fff-4f24-a8a9-21bc749881c6',
      timestampMs: 1659086693634,
      features: new Map([
        ['targetUrl', 'http://www.destination.com'],
        ['elementId', 'bannerLink'],
      ]),
    };
    const read = format('snowplow', { model: 'clicks' });
    expect(eventsOf(decodeRecord(read, record({ value })))).toMatchObject([expected]);
    const { ue_pr, ...rest } = value;
    const encoded = { ...rest, ue_px: Buffer.from(ue_pr ?? '').toString('base64url') };
    expect(eventsOf(decodeRecord(read, record({ value: encoded })))).toMatchObject([expected]);
    expect(eventsOf(decodeRecord(read, record({ value: { ...rest, e: 'pv' } })))).toEqual([]);
  });

  it('Arize: prediction and label in one record', () => {
    const features = sample('Arize')['example_features'] as Record<string, unknown>;
    const value = {
      model_id: 'fraud',
      environment: 'Production',
      model_version: '7',
      prediction_id: 12,
      prediction_timestamp: 1772366400,
      prediction_label: ['fraud', 0.9],
      actual_label: 'not_fraud',
      features,
    };
    const events = eventsOf(decodeRecord(format('arize'), record({ value })));
    expect(events).toMatchObject([
      {
        type: 'prediction',
        model: 'fraud',
        modelVersion: '7',
        predictionId: '12',
        prediction: 'fraud',
        score: 0.9,
        features: new Map(Object.entries(features)),
      },
      { type: 'label', predictionId: '12', label: 'not_fraud' },
    ]);
    expect(
      eventsOf(decodeRecord(format('arize'), record({ value: { ...value, environment: 'Training' } }))),
    ).toEqual([]);
  });

  it('Databricks: JSON inside strings, failures keep their inputs', () => {
    const value = {
      databricks_request_id: 'd',
      client_request_id: null,
      timestamp_ms: 1772366400000,
      status_code: 200,
      execution_time_ms: 12,
      request: '{"dataframe_split":{"columns":["a","b"],"data":[[1,"x"],[2,"y"]]}}',
      response: '{"predictions":[0,1]}',
    };
    const read = format('databricks', { model: 'm' });
    expect(eventsOf(decodeRecord(read, record({ value })))).toMatchObject([
      {
        predictionId: 'd-item-0',
        prediction: 0,
        latencyMs: 12,
        features: new Map<string, unknown>([
          ['a', 1],
          ['b', 'x'],
        ]),
      },
      { predictionId: 'd-item-1', prediction: 1 },
    ]);
    const failed = { ...value, status_code: '500', response: null };
    expect(eventsOf(decodeRecord(read, record({ value: failed })))).toMatchObject([
      { prediction: null, error: 'status 500' },
      { prediction: null, error: 'status 500' },
    ]);
    const lost = { ...value, response: '{"predictions":[0,1,1]}' };
    expect(refusedOf(decodeRecord(read, record({ value: lost }))).detail).toContain(
      '2 rows went in and 3 came out',
    );
  });

  it('Feast: only what is present is a value', () => {
    const value = {
      customer: 7,
      fraud__amount: 10,
      fraud__amount__timestamp: 1,
      fraud__amount__status: 1,
      fraud__age: 3,
      fraud__age__status: 4,
      __log_timestamp: 1772366400000000,
      __request_id: 'r',
    };
    expect(eventsOf(decodeRecord(format('feast', { model: 'm' }), record({ value })))).toMatchObject([
      {
        type: 'features',
        predictionId: 'r',
        timestampMs: 1772366400000,
        features: new Map([
          ['fraud__amount', 10],
          ['fraud__age', null],
        ]),
        tags: new Map([['customer', 7]]),
      },
    ]);
  });

  it('Deepchecks: samples and labels', () => {
    const value = {
      _dc_sample_id: 's',
      _dc_time: '2026-03-01T12:00:00+00:00',
      _dc_prediction: 'b',
      _dc_prediction_probabilities: [0.2, 0.8],
      age: 4,
    };
    const read = format('deepchecks', { model: 'm', classNames: ['a', 'b'] });
    expect(eventsOf(decodeRecord(read, record({ value })))).toMatchObject([
      {
        type: 'prediction',
        prediction: 'b',
        score: 0.8,
        probabilities: new Map([
          ['a', 0.2],
          ['b', 0.8],
        ]),
        features: new Map([['age', 4]]),
      },
    ]);
    expect(
      eventsOf(decodeRecord(read, record({ value: { _dc_sample_id: 's', _dc_label: 1 } }))),
    ).toMatchObject([{ type: 'label', predictionId: 's', label: 1 }]);
  });

  it('Vertex: the truth may stand in the same row', () => {
    const value = {
      model: 'm',
      model_version: 'v1',
      time: '2026-03-01 12:00:00 UTC',
      raw_data: '{"instances":[{"a":1}]}',
      raw_prediction: '{"predictions":["x"]}',
      groundtruth: '"y"',
    };
    const read = format('vertex');
    expect(refusedOf(decodeRecord(read, record({ value, key: 'k' }))).reason).toBe('timestamp_invalid');
    const events = eventsOf(
      decodeRecord(read, record({ value: { ...value, time: '2026-03-01T12:00:00Z' }, key: 'k' })),
    );
    expect(events).toMatchObject([
      {
        type: 'prediction',
        model: 'm',
        modelVersion: 'v1',
        predictionId: 'k',
        prediction: 'x',
        features: new Map([['a', 1]]),
      },
      { type: 'label', predictionId: 'k', label: 'y' },
    ]);
  });
});
