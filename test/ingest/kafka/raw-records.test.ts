import type { KafkaMessage } from 'kafkajs';
import { expect, it } from 'vitest';
import { registerCodecs } from '../../../src/ingest/kafka/codecs/register.ts';
import { rawRecords } from '../../../src/ingest/kafka/raw-records.ts';
import { CODEC, decodeWithKafkajs, recordBatch } from './record-batch.ts';

const message = (offset: number, headers?: KafkaMessage['headers']): KafkaMessage => ({
  offset: String(offset),
  timestamp: '1772366400000',
  attributes: 0,
  key: Buffer.from('k'),
  value: Buffer.from(`v${offset}`),
  headers: headers ?? {},
});

it('keeps what a record says, and has headers only when there are some', () => {
  expect(
    rawRecords([message(2 ** 40), message(2 ** 40 + 1, { a: 'x', b: ['y', Buffer.from('z')] })]),
  ).toEqual([
    {
      offset: 2n ** 40n,
      timestampMs: 1_772_366_400_000,
      key: Buffer.from('k'),
      value: Buffer.from(`v${2 ** 40}`),
    },
    expect.objectContaining({
      headers: new Map([
        ['a', Buffer.from('x')],
        ['b', Buffer.from('z')],
      ]),
    }),
  ]);
});

it('leaves the stand-ins of an unreadable batch out, between what can be read', async () => {
  registerCodecs();
  const unreadable = await decodeWithKafkajs(recordBatch(CODEC.lz4, Buffer.from('no lz4'), 50));
  const messages = [message(98), message(99), ...(unreadable as unknown as KafkaMessage[]), message(150)];
  const records = rawRecords(messages);
  expect(records.map(({ offset }) => offset)).toEqual([98n, 99n, 149n, 150n]);
  expect(records[2]).toMatchObject({
    key: null,
    value: Buffer.from('no lz4'),
    unreadable: { reason: 'codec_error', firstOffset: 100n, records: 50 },
  });
  expect(records[2]).not.toHaveProperty('headers');
});
