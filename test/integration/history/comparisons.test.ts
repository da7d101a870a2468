import { expect, it } from 'vitest';
import { fillHistory } from '../../../bench/history/fill.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { loadComparisons } from '../../../src/store/history/comparisons.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const SHAPE = { windows: 1, rows: 120, segments: 2, features: 4 };

describeWith(['postgres'], 'comparisons', () => {
  it('labels that come later write what they change again, and the inputs stay as they lie', async () => {
    const { url } = await createDatabase('comparisons');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await fillHistory(pool, SHAPE, async () => {});
    const revisions = await pool.query<{ closed: number }>('select closed_revision as closed from "window"');
    const { closed } = revisions.rows[0]!;
    expect(closed).toBeGreaterThan(1);
    const measured = await pool.query(
      `select distinct subject = 'label' as "isLabel", revision from measurement where series = 'closed' order by 1`,
    );
    expect(measured.rows).toEqual([
      { isLabel: false, revision: 1 },
      { isLabel: true, revision: closed },
    ]);
    const kept = await pool.query(
      `select about, revision, count(*)::int as segments from comparison where series = 'closed' group by 1, 2 order by 1`,
    );
    expect(kept.rows).toEqual([
      { about: 'inputs', revision: 1, segments: 3 },
      { about: 'label', revision: closed, segments: 3 },
    ]);
    const window = await pool.query<{ id: string }>('select id::text from "window"');
    const windowId = window.rows[0]!.id;
    const [inputs, labels] = await loadComparisons(pool, [
      { windowId, series: 'closed', segment: '' },
      { windowId, series: 'matured', segment: 'site=site-1' },
    ]);
    expect(inputs!.map(([subject, { name }]) => [subject, name])).toEqual([
      ...['site', 'x_1', 'x_2', 'x_3'].map((name) => ['feature', name]),
      ['prediction', 'prediction'],
      ['score', 'score'],
      ['label', 'label'],
    ]);
    expect(labels!.map(([subject]) => subject)).toEqual(['prediction', 'score', 'label']);
  });
});
