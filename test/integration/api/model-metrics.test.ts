/** What Prometheus is told of models is what the API answers at the same moment. */
import { beforeAll, expect, it } from 'vitest';
import type { App } from '../../../src/api/app.ts';
import type { ModelMetrics } from '../../../src/api/metrics/model-families.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { testApi } from '../../api/fakes.ts';
import { HOSTILE_NAME, NOW_MS, seed } from '../../api/seed.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const HOSTILE_FEATURE = 'a"} 1\nshiftwatch_forged{x="\\';
const PERFORMANCE = {
  labelled: { reference: 100, current: 930, share: 0.75 },
  metrics: {
    accuracy: { reference: 0.86, current: 0.71, interval: [0.68, 0.74], p_value: 0.001 },
    roc_auc: { reference: 0.9, current: null, interval: null, p_value: null },
  },
  holdout: {
    labelled: { holdout: 50, influenced: 880 },
    metrics: { accuracy: { holdout: 0.7, influenced: 0.8 } },
  },
  estimated: {},
};
const ESTIMATED = {
  estimated: {
    accuracy: {
      reference: 0.86,
      value: 0.8,
      interval: [0.78, 0.82],
      method: 'cbpe',
      valid: true,
      reason: '',
    },
    f1: { reference: 0.8, value: 0.7, interval: [0.6, 0.8], method: 'cbpe', valid: false, reason: 'shifted' },
  },
};

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** As Prometheus reads it: every line is a comment or one sample. */
function parse(text: string): Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', inner = '', value] =
        /^([a-z_:][\w:]*)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)$/.exec(line) ?? [];
      expect(name, line).not.toBe('');
      const labels = Array.from(
        inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g),
        ([, key = '', escaped = '']) => [
          key,
          escaped.replaceAll(/\\(.)/g, (_all, c: string) => (c === 'n' ? '\n' : c)),
        ],
      );
      return { name, labels: Object.fromEntries(labels) as Record<string, string>, value: Number(value) };
    });
}

describeWith(['postgres'], 'metrics of models', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('model_metrics');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await seed(pool);
    await pool.query(
      `update measurement set name = $1 where ctid = (select ctid from measurement
      where subject = 'feature' and segment = '' order by name limit 1)`,
      [HOSTILE_FEATURE],
    );
    await pool.query(
      `update verdict d set performance = $1 from "window" w where w.id = d.window_id and d.series = 'closed'
       and w.id = (select max(n.id) from "window" n join model_version v on v.id = n.model_version_id join model m on m.id = v.model_id
         where m.name = 'credit-risk' and n.size_ms = 3600000 and n.closed_revision > 0)`,
      [JSON.stringify(ESTIMATED)],
    );
    await pool.query(
      `with matured as (
         update "window" set matured_revision = 1, state = 'matured' where id = (select n.id from "window" n
           join model_version v on v.id = n.model_version_id join model m on m.id = v.model_id
           where m.name = 'credit-risk' and n.size_ms = 3600000 and n.closed_revision > 0 order by n.start_at desc offset 2 limit 1)
         returning id)
       insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice, summary, reason, rows,
         diagnosis, created_at, performance)
       select window_id, 'matured', '', 1, verdict, types, not_tested, confidence, advice, summary, reason, rows, diagnosis, created_at, $1
       from verdict d join matured on matured.id = d.window_id`,
      [JSON.stringify(PERFORMANCE)],
    );
  });

  const appOf = (shown: Partial<ModelMetrics> | null): App =>
    testApi({
      readModels: createReadModels(pool),
      clock: { nowMs: () => NOW_MS },
      modelMetrics:
        shown === null
          ? null
          : {
              models: ['credit-risk', 'churn', 'fraud', HOSTILE_NAME],
              features: 50,
              maxSeries: 10_000,
              ...shown,
            },
    }).app;
  const scrape = async (shown: Partial<ModelMetrics> | null): Promise<Series[]> =>
    parse((await appOf(shown).inject('/metrics/fleet')).body);
  const list = async <Row>(path: string): Promise<Row[]> =>
    (await appOf(null).inject(`/api/v1/${path}`)).json<{ items: Row[] }>().items;
  const find = (series: readonly Series[], name: string, labels: object = {}): Series[] =>
    series.filter(
      (each) =>
        each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
    );

  it('are absent unless they are asked for', async () => {
    expect(
      (await scrape(null)).filter(({ name }) => /_(verdict|drift_effect|series_left_out)/.test(name)),
    ).toEqual([]);
  });

  it('say the verdict that stands of each version, as the API does', async () => {
    const series = await scrape({});
    for (const model of ['credit-risk', 'churn', 'fraud']) {
      const windows = await list<{
        id: string;
        size_ms: number;
        closed_revision: number;
        start: string;
        end: string;
      }>(`windows?model=${model}&limit=100`);
      const [newest] = windows
        .filter((each) => each.size_ms === 3_600_000 && each.closed_revision > 0)
        .toSorted((a, b) => b.start.localeCompare(a.start));
      const said = await list<{ verdict: string; series: string; confidence: number }>(
        `verdicts?window=${newest?.id}&segment=`,
      );
      const stands = said.find((each) => each.series === 'matured') ?? said[0];
      const shown = find(series, 'shiftwatch_verdict', { model });
      expect(shown).toHaveLength(7);
      expect(shown.filter(({ value }) => value === 1).map(({ labels }) => labels['kind'])).toEqual([
        stands?.verdict,
      ]);
      expect(find(series, 'shiftwatch_verdict_confidence', { model })[0]?.value).toBe(stands?.confidence);
      expect(find(series, 'shiftwatch_judged_window_end_timestamp_seconds', { model })[0]?.value).toBe(
        Date.parse(newest?.end ?? '') / 1_000,
      );
    }
  });

  it('say drift, q and missing shares as the measurements of that window do, and names that try to forge a series', async () => {
    const series = await scrape({});
    const measured = await list<{
      name: string;
      window_id: string;
      jensen_shannon: number | null;
      q_value: number | null;
      missing_current: number;
    }>('measurements?model=credit-risk&subject=feature&segment=&series=closed&limit=100');
    expect(measured.map(({ name }) => name)).toContain(HOSTILE_FEATURE);
    const own = measured.filter(({ window_id: id }) => id === measured[0]?.window_id);
    const valuesOf = (name: string): Record<string, number> =>
      Object.fromEntries(
        find(series, name, { model: 'credit-risk' }).map(({ labels, value }) => [labels['feature'], value]),
      );
    const expected = (read: (row: (typeof own)[number]) => number | null): Record<string, number | null> =>
      Object.fromEntries(
        own.map((row) => [row.name, read(row)] as const).filter(([, value]) => value !== null),
      );
    expect(valuesOf('shiftwatch_drift_effect')).toEqual(expected((row) => row.jensen_shannon));
    expect(valuesOf('shiftwatch_drift_q')).toEqual(expected((row) => row.q_value));
    expect(valuesOf('shiftwatch_missing_share')).toEqual(expected((row) => row.missing_current));
    expect(series.map(({ name }) => name)).not.toContain('shiftwatch_forged');
  });

  it('say performance by its source with its interval, and what is not known or not valid not at all', async () => {
    const series = await scrape({ models: ['credit-risk'] });
    const shown = (name: string) =>
      find(series, name).map(({ labels, value }) => [labels['metric'], labels['source'], value]);
    expect(shown('shiftwatch_performance')).toEqual([
      ['accuracy', 'realised', 0.71],
      ['accuracy', 'estimated', 0.8],
      ['accuracy', 'holdout', 0.7],
    ]);
    expect(shown('shiftwatch_performance_low').map(([, , value]) => value)).toEqual([0.68, 0.78, 0.68]);
    expect(shown('shiftwatch_performance_high').map(([, , value]) => value)).toEqual([0.74, 0.82, 0.74]);
    expect(find(series, 'shiftwatch_label_maturity').map(({ value }) => value)).toEqual([0.75]);
  });

  it('say how long incidents have lasted', async () => {
    const [alert] = await list<{ since: string; verdict: string }>('alerts?model=credit-risk&state=firing');
    const ages = find(await scrape({}), 'shiftwatch_incident_age_seconds');
    expect(ages.map(({ labels, value }) => [labels['model'], labels['kind'], value])).toEqual([
      ['credit-risk', alert?.verdict, (NOW_MS - Date.parse(alert?.since ?? '')) / 1_000],
    ]);
  });

  it('show the worst features of a model, then as many series as there is room for, and count the rest', async () => {
    const all = await scrape({ features: 1_000 });
    const effects = find(all, 'shiftwatch_drift_effect').toSorted((a, b) => b.value - a.value);
    const ofFeatures = (series: readonly Series[]) => series.filter(({ labels }) => 'feature' in labels);
    const one = await scrape({ features: 1 });
    expect(find(one, 'shiftwatch_drift_effect').map(({ labels }) => labels['feature'])).toEqual([
      effects[0]?.labels['feature'],
    ]);
    const leftOut = (series: readonly Series[]) =>
      find(series, 'shiftwatch_metrics_series_left_out')[0]?.value;
    expect(leftOut(all)).toBe(0);
    expect(leftOut(one)).toBe(ofFeatures(all).length - ofFeatures(one).length);
    const base = (await scrape(null)).length + 1;
    const few = await scrape({ features: 1, maxSeries: 5 });
    expect(few.length - base).toBe(5);
    expect(leftOut(few)).toBe(all.length - base - 5);
  });
});
