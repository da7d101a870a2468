import { expect, it } from 'vitest';
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
