import { beforeAll, expect, it } from 'vitest';
import * as recompute from '../../../src/cli/recompute/recompute.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { DAY_MS } from '../../../src/core/clock.ts';
import { run, type Run } from '../../cli/operations.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { START, WatchedLoans, watchedModel } from './watched-loans.ts';

const MODELS = `models:
  - name: loans
    task: classification
    positive_class: approve
    segments: [site]
    windows: [{ size: 1h }]
    min_rows: 50
`;

describeWith(['postgres'], 'shiftwatch recompute', () => {
  let loans: WatchedLoans;
  const command = async (...args: string[]): Promise<Run> => {
    const text = `database: "${loans.url}"\n${MODELS}`;
    const parsed = await parseConfig(text, { file: 'shiftwatch.yaml', env: {}, readFile: async () => '' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const clock = { nowMs: () => START + 30 * DAY_MS };
    return await run(recompute.register, ['recompute', ...args], { config: async () => parsed.value, clock });
  };
  const dump = async (): Promise<unknown[]> => {
    const { pool } = loans;
    const tables = [
      '"window"',
      'window_part',
      'verdict',
      'measurement',
      'alert',
      'alert_event',
      'outbox',
      'model',
      'recomputed',
    ];
    return await Promise.all(
      tables.map(
        async (table) =>
          (await pool.query(`select md5(string_agg(t::text, '' order by t::text)) from ${table} t`)).rows,
      ),
    );
  };

  beforeAll(async () => {
    loans = await WatchedLoans.open(watchedModel(), 40);
    for (const hour of [0, 1, 2]) await loans.hour(hour, 60);
    await loans.trainedOn(60);
  });

  it('says what it would do, and does nothing', async () => {
    const before = await dump();
    const { out } = await command('--model', 'loans', '--dry-run', '--keep-baseline');
    expect(out).toBe('3 windows: 3 can be judged again.\nAll say what they said before.\n');
    const { out: json } = await command('--model', 'loans', '--dry-run', '--json');
    expect(JSON.parse(json)).toMatchObject({
      model: 'loans',
      dry_run: true,
      windows: 3,
      recomputed: [{ window_id: '1', series: 'closed', recounted: true, after: null }, {}, {}, {}, {}],
      not_recomputed: [],
      incidents: { corrected: [], opened: [] },
    });
    expect(await dump()).toEqual(before);
  });

  it('says what changed, and which incidents rest on nothing any more', async () => {
    const { out } = await command('--model', 'loans', '--from', '2026-03-02', '--reason', 'wrong file');
    expect(out).toBe(`3 windows: 3 judged again.
3 were counted again by the newest baseline first.
5 verdicts changed:
WINDOW (UTC)      LENGTH  VERSION  SERIES   BEFORE           NOW
2026-03-02 00:00  1h      1        closed   covariate_shift  none
2026-03-02 00:00  1h      1        matured  covariate_shift  none
2026-03-02 01:00  1h      1        closed   covariate_shift  none
2026-03-02 01:00  1h      1        matured  covariate_shift  none
2026-03-02 02:00  1h      1        closed   covariate_shift  none
Closed as corrected: incidents 1, 2, 3.
`);
    const again = await command('--model', 'loans');
    expect(again.out).toBe('3 windows: 3 judged again.\nAll say what they said before.\n');
  });

  it.each([
    [['--model', 'loan'], 'no model loan is configured', 'Did you mean loans?'],
    [['--model', 'loans', '--model-version', '7'], "model 'loans' has no version '7'", 'There are: 1.'],
    [['--model', 'loans', '--from', 'yesterday'], "--from 'yesterday' is no time", 'Write it as 2026-03-01'],
    [['--model', 'loans', '--from', '2026-03-03', '--to', '2026-03-02'], 'is not before --to', 'Exchange'],
  ])('refuses %j with what to do', async (args, message, fix) => {
    await expect(command(...args)).rejects.toMatchObject({
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
  });

  it('says of a time without windows that there are none', async () => {
    const { out } = await command('--model', 'loans', '--from', '2031-01-01');
    expect(out).toBe('No window of loans begins then.\n');
  });
});
