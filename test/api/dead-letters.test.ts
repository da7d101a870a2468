import { expect, it } from 'vitest';
import { createDecoder } from '../../src/decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { POSITION, RECORD_MS } from '../decode/decode.ts';
import { withoutQuotes } from '../../src/api/without-quotes.ts';
import type { DeadLetterRow } from '../../src/store/rows/dead-letters.ts';
import { nothingStored, testApi, tokensByScope } from './fakes.ts';

it('quotes what a broken record held only to those who may see its bytes', async () => {
  const row: DeadLetterRow = {
    id: '1',
    source: 'http',
    partition: 0,
    offset: '3',
    received_at: '2026-03-01T12:00:00.000Z',
    reason: 'invalid_field',
    detail: 'features is "DE89 3704"; accepted is an object',
    event_type: null,
    model: 'm',
    byte_length: 60,
    replayed_at: null,
    withheld: false,
  };
  const { app } = testApi({
    verifyToken: tokensByScope,
    readModels: { ...nothingStored, listDeadLetters: async () => ({ items: [row], next: null }) },
  });
  const detailFor = async (scope: string): Promise<string> => {
    const reply = await app.inject({
      url: '/api/v1/dead-letters',
      headers: { authorization: `Bearer ${scope}` },
    });
    return reply.body;
  };
  expect(await detailFor('read')).toContain('accepted is an object');
  expect(await detailFor('read')).not.toContain('DE89');
  expect(await detailFor('operate')).toContain('DE89');
  await app.close();
});

it.each([
  `Unexpected token 'C', ..."m","iban":CANARY"... is not valid JSON`,
  `Unexpected token 'C', "CANARY" is not valid JSON`,
  `Bad control character in string literal in JSON at position 3, "CANARY`,
])('takes the quotation out of %s', (detail) => {
  expect(withoutQuotes('malformed_json', detail)).not.toContain('CANARY');
});

it('takes a quotation that was cut off', () => {
  expect(withoutQuotes('invalid_field', 'score is "CAN\\"ARY')).toBe('score is "…"');
});

const CANARY = 4929123412341234;
const FIELDS =
  'type model model_version timestamp prediction_id features tags prediction score probabilities latency_ms cost energy_j holdout error label source final'.split(
    ' ',
  );

it.each(FIELDS)('says nothing of what %s held, whatever that was', (field) => {
  const decode = createDecoder(DEFAULT_DECODE_LIMITS);
  const given = [
    CANARY,
    -CANARY,
    CANARY / 1e20,
    String(CANARY),
    `it's ${CANARY}`,
    [CANARY],
    { a: { b: CANARY } },
  ];
  for (const type of ['prediction', 'label', 'features']) {
    for (const value of given) {
      const event = {
        type,
        model: 'm',
        prediction_id: 'a',
        features: { x: 1 },
        label: 'yes',
        [field]: value,
      };
      const read = decode(Buffer.from(JSON.stringify(event)), POSITION, RECORD_MS);
      if (read.ok) continue;
      const told = withoutQuotes(read.error.reason, read.error.detail);
      expect(told.replaceAll(/\D/g, ''), told).not.toContain('49291234');
    }
  }
});

it('takes what the task of a model refused', () => {
  const detail = `label 'DE89 3704' is not a number, and m is a regression model`;
  expect(withoutQuotes('invalid_field', detail)).toBe(
    `label '…' is not a number, and m is a regression model`,
  );
});
