import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Client, inHoldout, type LoggedPrediction } from '../../src/client/index.ts';
import { predictionEvent } from '../../src/client/client-events.ts';
import {
  eventId,
  eventTime,
  instant,
  modelName,
  eventOutcome,
  versionName,
} from '../../src/client/event-values.ts';
import { parseTimestamp } from '../../src/decode/timestamp.ts';
import { decodeJson } from '../decode/decode.ts';
import { startStandIn } from './stand-in.ts';

interface Vectors {
  readonly holdout: { readonly rows: readonly (readonly [string, string, number, boolean])[] };
  readonly ids: { readonly accepted: readonly [unknown, string][]; readonly refused: readonly unknown[] };
  readonly models: Values;
  readonly versions: Values;
  readonly times: Values;
  readonly asked: { readonly accepted: readonly [unknown, string][]; readonly refused: readonly unknown[] };
  readonly outcomes: Values;
  readonly predictions: readonly Vector[];
  readonly labels: readonly Vector[];
}
interface Values {
  readonly accepted: readonly unknown[];
  readonly refused: readonly unknown[];
}
interface Vector {
  readonly logged: Record<string, unknown>;
  readonly event: unknown;
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../clients/conformance.json', import.meta.url), 'utf8'),
) as Vectors;

/** Names as they are written in this language. */
const camelCase = (logged: Record<string, unknown>): LoggedPrediction =>
  Object.fromEntries(
    Object.entries(logged).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  ) as unknown as LoggedPrediction;

describe('what both clients make of the same', () => {
  const client = new Client('http://127.0.0.1:1');

  it.each(VECTORS.holdout.rows)('draw of %j with salt %j at %j', (id, salt, share, drawn) => {
    expect(inHoldout(id, { share, salt })).toBe(drawn);
    expect(client.inHoldout(id, { share, salt })).toBe(drawn);
  });

  it('times of questions', () => {
    for (const [value, sent] of VECTORS.asked.accepted)
      expect([value, instant(value)]).toEqual([value, sent]);
    for (const value of VECTORS.asked.refused)
      expect(() => instant(value), JSON.stringify(value)).toThrow(TypeError);
  });

  it('ids, names, times and outcomes', () => {
    for (const [value, id] of VECTORS.ids.accepted) expect(eventId(value)).toBe(id);
    const reads: [Values, (value: unknown) => unknown][] = [
      [{ accepted: [], refused: VECTORS.ids.refused }, eventId],
      [VECTORS.models, modelName],
      [VECTORS.versions, versionName],
      [VECTORS.times, eventTime],
      [VECTORS.outcomes, (value) => eventOutcome(value, 'prediction')],
    ];
    for (const [{ accepted, refused }, read] of reads) {
      for (const value of accepted) expect(read(value)).toBe(value);
      for (const value of refused) expect(() => read(value), JSON.stringify(value)).toThrow(TypeError);
    }
  });

  it('times as the service reads them', () => {
    const { accepted, refused } = VECTORS.times;
    for (const value of accepted) expect(parseTimestamp(value).ok, String(value)).toBe(true);
    // An unset 0 is a time there.
    const isForm = (value: unknown) => value !== 0 && value !== true;
    for (const value of refused.filter(isForm)) expect(parseTimestamp(value).ok, String(value)).toBe(false);
    expect(() => eventTime('2026-03-01T12')).toThrow('2026-03-01T12:00:00Z');
  });

  it('texts that the service refuses as a name or an id', () => {
    const { ids, models, versions } = VECTORS;
    const fields = { model: models, model_version: versions, prediction_id: ids } as const;
    for (const [field, { accepted, refused }] of Object.entries(fields)) {
      const read = (value: unknown) =>
        decodeJson({ type: 'prediction', model: 'm', prediction_id: 'a', prediction: 1, [field]: value }).ok;
      // What is empty is not given there; here it is a mistake.
      const isText = (value: unknown) => typeof value === 'string' && value !== '';
      for (const value of accepted.flat().filter(isText)) expect(read(value), String(value)).toBe(true);
      for (const value of refused.filter(isText)) expect(read(value), JSON.stringify(value)).toBe(false);
    }
  });

  it('whole numbers with all their digits', () => {
    const features = { id: 9_007_199_254_740_993n, small: 7n };
    const text = JSON.stringify(predictionEvent({ model: 'm', prediction: 1, cost: 3n, features }));
    expect(text).toContain('"features":{"id":9007199254740993,"small":7}');
    expect(text).toContain('"cost":3');
  });

  it('events', async () => {
    const { url, batches } = await startStandIn();
    const client = new Client({ url });
    for (const { logged } of VECTORS.predictions) client.logPrediction(camelCase(logged));
    for (const { logged } of VECTORS.labels) client.logLabel(camelCase(logged) as never);
    expect(await client.flush({ timeoutMs: 20_000 })).toBe(true);
    const expected = [...VECTORS.predictions, ...VECTORS.labels].map(({ event }) => event);
    expect(batches.flat()).toEqual(expected);
    await client.close();
  });
});
