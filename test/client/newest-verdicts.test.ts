import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { atEnd } from '../harness/cleanup.ts';
import { Client } from '../../src/client/client.ts';
import { instant } from '../../src/client/event-values.ts';
import {
  expectShiftWords,
  isShiftAnswer,
  newestOfEach,
  nothingKnown,
  type VerdictAnswer,
  whenNewestCame,
} from '../../src/client/verdict-filter.ts';

const row = (series: string, start: string, verdict: string): VerdictAnswer => ({
  model: 'm',
  version: '1',
  segment: '',
  series,
  start,
  size_ms: 3_600_000,
  size_rows: null,
  verdict,
  types: verdict === 'mixed' ? ['concept_drift', 'covariate_shift'] : [],
  summary: '',
});

describe('the newest verdicts', () => {
  it('are the last window that closed and the last one with labels, which come later', () => {
    const labelled = row('matured', '2026-03-01T10:00:00Z', 'mixed');
    const closed = row('closed', '2026-03-01T12:00:00Z', 'undetermined');
    const rows = [closed, row('closed', '2026-03-01T10:00:00Z', 'none'), labelled];
    expect(newestOfEach(rows)).toEqual([closed, labelled]);
  });

  it('of one window are what its labels say', () => {
    const labelled = row('matured', '2026-03-01T12:00:00Z', 'none');
    expect(newestOfEach([row('closed', '2026-03-01T12:00:00Z', 'covariate_shift'), labelled])).toEqual([
      labelled,
    ]);
  });

  it('may fail for telling nothing, where that is asked for', () => {
    expect(isShiftAnswer('undetermined', [], ['any'])).toBe(false);
    expect(isShiftAnswer('undetermined', [], ['any', 'undetermined'])).toBe(true);
    expect(() => expectShiftWords(['undetermined', 'any'])).not.toThrow();
    expect(() => expectShiftWords(['none'])).toThrow('no verdict that can fail');
  });
});

describe('failOnShift', () => {
  const service = async (rows: readonly VerdictAnswer[]): Promise<Client> => {
    const server = createServer((request, response) => {
      const series = new URL(request.url ?? '', 'http://x').searchParams.get('series');
      const items = rows.filter((each) => series === null || each.series === series);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ items, next_cursor: null }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => void server.close());
    return new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };

  it.each([undefined, '2026-03-01'])(
    'says that nothing is known where nothing was judged (since %s)',
    async (since) => {
      const client = await service([]);
      const asked = { model: 'm', ...(since === undefined ? {} : { since }) };
      expect(await client.failOnShift(asked)).toEqual([nothingKnown('m')]);
      await expect(client.failOnShift({ ...asked, on: ['any', 'undetermined'] })).rejects.toThrow(
        /^m: undetermined: Nothing is known/,
      );
    },
  );

  it('finds what labels said behind more than a thousand windows that closed since', async () => {
    const closed = Array.from({ length: 3_000 }, (_, at) =>
      row('closed', new Date(Date.UTC(2026, 2, 9) - at * 60_000).toISOString(), 'none'),
    );
    const client = await service([...closed, row('matured', '2026-03-01T10:00:00Z', 'mixed')]);
    await expect(client.failOnShift({ model: 'm' })).rejects.toThrow('m: mixed');
  });

  it('reads on while windows of others come', () => {
    const isEnough = whenNewestCame();
    const each = (segment: string): boolean => isEnough({ ...row('closed', '', 'none'), segment });
    expect(Array.from({ length: 1_500 }, (_, at) => each(`s${at}`))).not.toContain(true);
    expect(Array.from({ length: 1_000 }, () => each('s0')).indexOf(true)).toBe(999);
  });
});

it.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01 12:00', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01T12:00:00+02:00', '2026-03-01T10:00:00.000Z'],
  [1_772_366_400, '2026-03-01T12:00:00.000Z'],
  [1_772_366_400_123, '2026-03-01T12:00:00.123Z'],
  [1_772_366_400_123_456, '2026-03-01T12:00:00.123Z'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
])('%s is asked for as %s', (given, sent) => {
  expect(instant(given)).toBe(sent);
});
