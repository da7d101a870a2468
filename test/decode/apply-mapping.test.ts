import { describe, expect, it } from 'vitest';
import { parseMessagePath } from '../../src/core/events/message-path.ts';
import { formatOf } from '../../src/decode/formats.ts';
import { JSON_EVENTS } from '../../src/core/events/log-format.ts';
import { configOf } from '../config/example.ts';
import { decodeRecord, eventsOf, record, refusedOf } from './record.ts';

async function decode(mapping: string, value: object | string, rest: object = {}) {
  const text = `mapping:\n  x:\n${mapping.replaceAll(/^/gm, '    ')}\nmodels: [{ name: m, task: classification }]`;
  const mapped = (await configOf(text)).mappings.get('x') ?? null;
  const format = formatOf({ ...JSON_EVENTS, name: 'x', mapping: mapped });
  return decodeRecord(format, record({ value, ...rest }), { options: { typeFromTopic: 'prediction' } });
}

describe('a mapping', () => {
  it('reads rows of a text in a message, with names of its own', async () => {
    const mapping = `parse_json: [body]
when: { path: kind, in: [scored] }
each: body.rows
model: { path: "$.service", default: churn }
prediction_id: id
timestamp: { path: ts, unit: us }
prediction: { path: y, values: { "0": stay, "1": leave } }
score: { path: p, as: number }
holdout: { path: h, as: boolean, default: false }
tags: [{ name: site, path: $headers.Site }]
features:
  - { object: inputs, except: [internal], prefix: in_ }
  - { names: "$.columns", values: row }
  - { list: extras, name: key, value: value }
  - { name: age, path: 'user["the.age"]', as: number }`;
    const row =
      '{"id":12345678901234567890,"ts":1772366400000000,"y":1,"p":"0.75","h":"yes","inputs":{"a":1,"internal":2},"row":[3,"z"],"extras":[{"key":"e","value":4}],"user":{"the.age":"41"}}';
    const value = { kind: 'scored', columns: ['b', 'c'], body: `{"rows":[${row}]}` };
    expect(eventsOf(await decode(mapping, value, { headers: { site: 'web' } }))).toMatchObject([
      {
        type: 'prediction',
        model: 'churn',
        predictionId: '12345678901234567890',
        timestampMs: 1772366400000,
        prediction: 'leave',
        score: 0.75,
        holdout: true,
        tags: new Map([['site', 'web']]),
        features: new Map<string, unknown>([
          ['in_a', 1],
          ['b', 3],
          ['c', 'z'],
          ['e', 4],
          ['age', 41],
        ]),
      },
    ]);
    expect(eventsOf(await decode(mapping, { ...value, kind: 'ping' }))).toEqual([]);
    expect(refusedOf(await decode(mapping, { ...value, body: '{' })).reason).toBe('missing_fields');
    expect(refusedOf(await decode(mapping, { ...value, columns: ['b'] })).detail).toContain(
      '2 values and 1 names',
    );
  });

  it('counts what has a wrong type, and refuses what cannot be an event', async () => {
    const mapping =
      'model: { const: m }\nfeatures: [{ name: age, path: age, as: number }, { name: gone, path: x.y }]';
    const [event] = eventsOf(await decode(mapping, { age: 'forty' }));
    expect(event).toMatchObject({
      features: new Map([
        ['age', 'forty'],
        ['gone', null],
      ]),
    });
    const flag = 'model: { const: m }\nfeatures: f\nholdout: { path: h, as: boolean }';
    expect(refusedOf(await decode(flag, { f: {}, h: 'maybe' })).detail).toContain('holdout is "maybe"');
    expect(refusedOf(await decode('model: { const: m }\nfeatures: f', { f: 3 })).reason).toBe(
      'missing_fields',
    );
    const time = 'model: { const: m }\nfeatures: f\ntimestamp: { path: t, unit: s }';
    expect(refusedOf(await decode(time, { f: {}, t: 1e300 })).reason).toBe('timestamp_invalid');
  });

  it('takes a time that says itself what it is, whatever unit numbers have there', async () => {
    const mapping = 'model: { const: m }\nfeatures: f\ntimestamp: { path: t, unit: us }';
    const timestampMs = Date.UTC(2024, 0, 2, 3, 4, 5, 678);
    for (const t of [timestampMs * 1_000, '2024-01-02T03:04:05.678Z'])
      expect(eventsOf(await decode(mapping, { f: {}, t }))).toMatchObject([{ timestampMs }]);
    const refused = refusedOf(await decode(mapping, { f: {}, t: 'yesterday' }));
    expect(refused.detail).toBe('timestamp is "yesterday", no number of us');
  });

  it('sees own fields only', async () => {
    const mapping = 'model: { path: constructor.name, default: m }\nfeatures: f';
    expect(eventsOf(await decode(mapping, '{"f":{"__proto__":1}}'))).toMatchObject([
      { model: 'm', features: new Map([['__proto__', 1]]) },
    ]);
  });
});

describe('a path', () => {
  it.each([
    ['a.b[0]["c.d"][-1]', ['a', 'b', 0, 'c.d', -1]],
    ['["a"].b', ['a', 'b']],
    ['$.a', ['a']],
  ])('%s', (text, steps) => {
    expect(parseMessagePath(text)).toMatchObject({ ok: true, value: { steps } });
  });
  it.each(['', '.a', 'a..b', 'a[', 'a[x]', 'a.', '$key.a', '$headers', '$nothing.a', 'a b.c['])(
    '%s is none',
    (text) => {
      expect(parseMessagePath(text).ok).toBe(false);
    },
  );
});
