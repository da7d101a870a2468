import { describe, expect, it } from 'vitest';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const HOUR_MS = 3_600_000;
const MONDAY_MS = Date.UTC(2026, 1, 2);

/** Weeks of which every Monday morning is dear; `dearest` is dearer than any before. */
function fares(seed: number, weeks: number, { rush = 15, dearest = 0 } = {}): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: weeks * 7 * 2 }, (_, half) => {
    const startMs = MONDAY_MS + half * 12 * HOUR_MS;
    const morning = half % 14 === 0;
    const extra = morning ? rush + (half === (weeks - 1) * 14 ? dearest : 0) : 0;
    return Array.from({ length: 300 }, (__, row) => {
      const at = new Date(startMs + (row * 12 * HOUR_MS) / 300).toISOString();
      return `${at},${(50 + 20 * (random() + random() + random()) + extra).toFixed(3)},${row % 2}`;
    });
  });
  return `timestamp,fare,prediction\n${lines.flat().join('\n')}\n`;
}

describe('compare --window --seasonal', () => {
  it('calls the third rush hour usual, and a dearer one news, in text and JSON', async () => {
    const training = fileWith(
      'training.csv',
      fares(1, 4, { rush: 0 })
        .replaceAll(/^[^,\n]+,/gm, '')
        .replace('timestamp,', ''),
    );
    const production = fileWith('production.csv', fares(2, 5, { dearest: 30 }));
    const args = [training, production, '--window', '12h', '--seasonal', 'hour_of_week', '--no-multivariate'];
    const found = await compare(...args, '--json');
    const { windows } = JSON.parse(found.out) as WindowedComparison;
    const mondays = windows.filter((_, at) => at % 14 === 0).map(({ diagnosis }) => diagnosis);
    expect(mondays.map(({ verdict, reason, seasonal }) => [verdict, reason, seasonal?.reason])).toEqual([
      ['covariate_shift', null, 'too_few_seasons'],
      ['covariate_shift', null, 'too_few_seasons'],
      ['none', 'seasonal', 'within_season'],
      ['none', 'seasonal', 'within_season'],
      ['covariate_shift', null, 'differs_from_season'],
    ]);
    expect(mondays[3]?.seasonal).toMatchObject({
      windows: 3,
      rows: 900,
      explains: { verdict: 'covariate_shift' },
    });
    expect(found.code).toBe(3);
    expect((await compare(...args)).out).toContain('As usual for the season');
  });

  it('takes the seasons of a reference that has times, in one thread and in two', async () => {
    const training = fileWith('training.csv', fares(3, 4));
    const production = fileWith('production.csv', fares(4, 1).replaceAll('2026-02-0', '2026-03-0'));
    const args = [training, production, '--window', '12h', '--seasonal', 'hour_of_week', '--json'];
    const one = await compare(...args, '--threads', '1');
    const monday = (JSON.parse(one.out) as WindowedComparison).windows[0];
    expect(monday?.diagnosis).toMatchObject({ verdict: 'none', seasonal: { windows: 4, rows: 1200 } });
    expect((await compare(...args, '--threads', '2')).out).toBe(one.out);
  });

  it.each([
    [['--seasonal', 'hour_of_week'], 'is about windows'],
    [['--seasonal', 'hour_of_week', '--window', '7d'], 'windows of 7d have no hour_of_week'],
    [['--seasonal', 'monthly', '--window', '1h'], 'hour_of_week, day_of_week, previous_year'],
    [['--seasonal', 'day_of_week', '--window', '1d', '--timezone', 'Mars/Phobos'], 'IANA'],
  ])('refuses %j and says why', async (flags, message) => {
    const file = fileWith('a.csv', fares(5, 1));
    await expect(compare(file, file, ...flags)).rejects.toThrow(message);
  });
});
