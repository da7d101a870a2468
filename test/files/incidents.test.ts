/** `compare --window`: one change, one incident, on all its windows. */
import { describe, expect, it } from 'vitest';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare, loans, type LoanOptions } from './compare-run.ts';

const ROWS_PER_HOUR = 500;
const HOURLY = ['--window', '1h', '--no-multivariate'];

function files(current: LoanOptions): [string, string] {
  return [
    fileWith('reference.csv', loans(1, { rows: 8_000 })),
    fileWith('current.csv', loans(2, { rows: 12 * ROWS_PER_HOUR, ...current })),
  ];
}

describe('the incidents of a file', () => {
  const current = { shift: { fromHour: 6, years: 4 }, brokenHour: 3 };

  it('are one for each change, since its first window and until it is over', async () => {
    const ran = await compare(...files(current), ...HOURLY, '--json');
    const { incidents } = JSON.parse(ran.out) as WindowedComparison;
    expect(incidents).toMatchObject([
      {
        since: '2026-02-01T03:00:00.000Z',
        until: '2026-02-01T04:00:00.000Z',
        windows: 1,
        diagnosis: { verdict: 'data_fault', faults: [{ fault: 'missing_spike', feature: 'income' }] },
      },
      {
        since: '2026-02-01T06:00:00.000Z',
        until: null,
        told_at: '2026-02-01T08:00:00.000Z',
        windows: 6,
        diagnosis: { verdict: 'covariate_shift', advice: 'watch' },
      },
    ]);
    expect(ran.code).toBe(3);
  });

  it('are said in one line each, and nothing beside them says otherwise', async () => {
    const { out } = await compare(...files(current), ...HOURLY);
    expect(out).toMatch(
      /^Incident: data fault, .*since 2026-02-01 03:00, 1 window, over by 2026-02-01 04:00$/m,
    );
    expect(out).toMatch(/^Incident: covariate shift, .*since 2026-02-01 06:00, 6 windows, going on$/m);
    expect(out).not.toContain('No change within these windows');
  });

  it('show what no window shows alone', async () => {
    const ran = await compare(...files({ shift: { fromHour: 2, years: 1.6 } }), ...HOURLY, '--json');
    const { windows, incidents } = JSON.parse(ran.out) as WindowedComparison;
    expect(windows.filter(({ diagnosis }) => diagnosis.verdict === 'covariate_shift').length).toBeLessThan(3);
    expect(incidents).toMatchObject([{ diagnosis: { verdict: 'covariate_shift' }, until: null }]);
    expect(ran.code).toBe(3);
  });

  it('are none where nothing moved', async () => {
    const ran = await compare(...files({}), ...HOURLY, '--json');
    expect(JSON.parse(ran.out)).toMatchObject({ incidents: [] });
    expect(ran.code).toBe(0);
  });
});
