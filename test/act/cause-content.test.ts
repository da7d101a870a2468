import { describe, expect, it } from 'vitest';
import { messageContent } from '../../src/act/message/message-content.ts';
import type { ShiftKind } from '../../src/core/findings.ts';
import type { IncidentNews } from '../../src/core/jobs.ts';
import type { Breach } from '../../src/core/operational.ts';
import { sampleFeature, sampleNotification } from './sample-notification.ts';

const breach = (metric: Breach['metric'], claim: string): Breach => ({
  metric,
  kind: 'threshold',
  threshold: 200,
  value: 240,
  interval: [236, 244],
  p_value: 1e-9,
  claim,
});
const SLOW = breach('latency_p95_ms', '95th percentile of latency is 240 ms, above the limit of 200 ms');
const FAILING = breach('error_rate', 'share of failed predictions is 0.2, above the limit of 0.1');

function content(rest: Partial<IncidentNews>) {
  const notification = sampleNotification({
    features: [],
    performance: null,
    retrain: null,
    series: 'closed',
    ...rest,
  });
  return messageContent(notification, { publicUrl: null, timeZone: 'UTC' });
}

describe('a message about a shift', () => {
  it('names the year of what began in another one than it is read in', () => {
    const news = sampleNotification();
    const readIn = (year: number): string =>
      messageContent(news, { publicUrl: null, timeZone: 'UTC', nowMs: Date.UTC(year, 5, 1) }).headline;
    expect(readIn(2026)).toContain('since 1 Mar 09:00,');
    expect(readIn(2027)).toContain('since 1 Mar 2026 09:00,');
    expect(content({ windowEndMs: Date.UTC(2027, 0, 2) }).headline).toContain('since 1 Mar 2026 09:00,');
  });

  it('says what becomes of what was advised of a part that is over', () => {
    const { diagnosis } = sampleNotification();
    const over: Partial<IncidentNews> = {
      kind: 'reminder',
      diagnosis: { ...diagnosis, verdict: 'covariate_shift', types: ['covariate_shift'], advice: 'watch' },
      overTypes: ['concept_drift'],
      overByMs: Date.UTC(2026, 2, 26),
      overSinceMs: Date.UTC(2026, 2, 21),
      windowsInARow: 16,
    };
    const said = content(over);
    expect(said.advice?.text).toMatch(
      /look again with the next labels\. Of the concept drift nothing is left/,
    );
    expect(said.advice?.text).toContain('rows from 21 Mar 2026 00:00 UTC to 26 Mar 2026 00:00 UTC');
    // Its window is of what is over: the count is not.
    expect(said.facts).toContainEqual(['Since', '1 Mar 2026 09:00 UTC']);
    const labels = content({ ...over, overTypes: ['label_shift'] }).advice?.text;
    expect(labels).toMatch(/The label shift is over: take back a re-weighting or a threshold made for it\.$/);
    expect(labels).not.toMatch(/train/);
  });

  it('says what becomes of it when all is over, and nothing where nothing was done', () => {
    const ended: Partial<IncidentNews> = { kind: 'resolved', overByMs: Date.UTC(2026, 2, 26) };
    expect(content({ ...ended, toldTypes: ['covariate_shift', 'label_shift'] }).advice?.text).toBe(
      'The label shift is over: take back a re-weighting or a threshold made for it.',
    );
    expect(content({ ...ended, firedVerdict: 'concept_drift' }).advice?.text).toMatch(
      /do not train on rows from 1 Mar 2026 09:00 UTC to 26 Mar/,
    );
    expect(content({ ...ended, toldTypes: ['covariate_shift', 'concept_drift'] }).advice?.text).toContain(
      'do not train on its rows,',
    );
    expect(content({ ...ended, toldTypes: ['data_fault'] }).advice).toBeNull();
  });

  it('calls no figure worse that is not, and no model unharmed beside one that is', () => {
    const { diagnosis } = sampleNotification();
    const watch = (p_value: number) =>
      content({
        diagnosis: { ...diagnosis, types: ['covariate_shift'], verdict: 'covariate_shift', advice: 'watch' },
        performance: {
          labelled: { reference: 6_000, current: 434, share: 1 },
          mature: true,
          metrics: {
            accuracy: { reference: 0.666, current: 0.668, interval: null, p_value: 0.9 },
            recall: { reference: 0.515, current: 0.353, interval: null, p_value },
          },
        },
      });
    expect(watch(0.02).advice?.text).toContain('it is not shown that the predictions have become worse');
    expect(watch(5e-4).advice?.text).toContain('by some figures the predictions may have become worse');
    // A verdict without labels may stand above figures of them.
    expect(watch(0.02).facts).toContainEqual([
      'Judged',
      expect.stringContaining('labels so far are counted'),
    ]);
    expect(content({}).facts).toContainEqual(['Judged', 'inputs and predictions, before labels']);
  });

  it('says each figure of the evidence once, and of what it is', () => {
    const { diagnosis } = sampleNotification();
    const claims = [
      { claim: 'accuracy 66.6 % → 71.3 %', statistic: 'accuracy', value: 0.713, p_value: 9e-7 },
      { claim: 'label shift is ruled out', statistic: 'mixture_chi_square', value: 0.0392, p_value: 0 },
    ];
    expect(content({ diagnosis: { ...diagnosis, evidence: claims } }).evidence).toEqual([
      'accuracy 66.6 % → 71.3 % (p = 9e-7)',
      'label shift is ruled out (share of positives in the nearest mix 0.0392, p < 1e-9)',
    ]);
  });

  it('names when nothing came meanwhile', () => {
    const day = (at: number) => ({ startMs: Date.UTC(2026, 2, at), endMs: Date.UTC(2026, 2, at + 1) });
    const line = (...days: number[]) =>
      content({ silent: days.map(day) }).facts.find(([label]) => label === 'Silent')?.[1];
    expect(line(18)).toBe('18 Mar 2026 00:00 UTC – 19 Mar 2026 00:00 UTC: no predictions came');
    expect(line(1, 3, 5, 7)).toContain('– 4 Mar 2026 00:00 UTC and 2 more: no predictions came');
    expect(line()).toBeUndefined();
  });
});

describe('a message about silence', () => {
  it('says since when nothing comes and where to look', () => {
    const said = content({ cause: 'no_data', rows: 0, decisionReason: 'enough_empty_windows' });
    expect(said).toMatchObject({
      subject: '[shiftwatch] credit-risk 3: no data since 1 Mar 09:00',
      tone: 'alarm',
      badge: 'Alert: no data',
      headline: 'No predictions since 1 Mar 2026 09:00 UTC, as of 1 Mar 2026 11:00 UTC.',
      advice: { title: 'Find where it stops' },
      evidence: [],
      moved: [],
    });
    expect(said.facts.map(([label]) => label)).toEqual(['Since', 'Window']);
    expect(said.footer[0]).toBe('Sent because no predictions came in enough windows in a row.');
  });

  it('says in a reminder that they come again, before it is over', () => {
    const said = content({ cause: 'no_data', kind: 'reminder', rows: 528 });
    expect(said.badge).toBe('Coming back: no data');
    expect(content({ cause: 'no_data', kind: 'reminder', rows: 0 }).badge).toBe('Still open: no data');
    expect(said.headline).toMatch(/^Predictions come again in the window of .*; there were none since/);
    expect(said.advice).toMatchObject({ title: 'Wait' });
  });

  it('says at its end whether it is this version that speaks again', () => {
    const over = { kind: 'resolved', cause: 'no_data' } as const;
    expect(content(over)).toMatchObject({ tone: 'good', headline: 'Predictions come again.', advice: null });
    expect(content({ ...over, rows: 0 }).headline).toMatch(/another one has taken over/);
    expect(content({ ...over, rows: 0, decisionReason: 'not_watched' }).headline).toMatch(
      /no incident any more/,
    );
    expect(content(over).subject).toBe(
      content({ cause: 'no_data' }).subject.replace('[shiftwatch] ', '[shiftwatch] Resolved: '),
    );
  });
});

describe('a reminder', () => {
  const told = { kind: 'reminder', toldTypes: ['covariate_shift', 'concept_drift'] } as const;
  const { diagnosis } = sampleNotification();

  it('says what people were told of and it does not name', () => {
    const headline = (types: ShiftKind[]): string =>
      content({ ...told, diagnosis: { ...diagnosis, verdict: 'covariate_shift', types, faults: [] } })
        .headline;
    expect(headline(['covariate_shift'])).toMatch(
      /^Covariate shift .*\. Concept drift: not known to be over\.$/,
    );
    expect(headline(['covariate_shift', 'concept_drift'])).not.toContain('not known');
  });

  it('says how far windows were judged since, so that no two say the same', () => {
    const after = { windows: 2, untilMs: Date.UTC(2026, 2, 29) };
    const of = (news: Partial<IncidentNews>) =>
      content({ ...told, ...news }).facts.find(([label]) => label === 'After that')?.[1];
    expect(of({ after, series: 'matured' })).toBe(
      '2 windows with labels up to 29 Mar 2026 00:00 UTC do not show it by themselves, too little to tell whether it goes on',
    );
    expect(of({ after: { ...after, windows: 1 } })).toMatch(/^1 window up to .* does not show it/);
    expect(of({})).toBeUndefined();
    expect(of({ after, kind: 'firing' })).toBeUndefined();
  });

  it('says from when on there is something to learn from', () => {
    const mixed = { ...diagnosis, verdict: 'mixed' as const, advice: 'retrain' as const, faults: [] };
    const types: ShiftKind[] = ['covariate_shift', 'concept_drift'];
    const later = { types: ['concept_drift'], sinceMs: Date.UTC(2026, 2, 22) } as const;
    expect(content({ later, diagnosis: { ...mixed, types } }).advice?.text).toContain(
      'has to learn it from data labelled since 22 Mar 2026 00:00 UTC;',
    );
    expect(content({ diagnosis: { ...mixed, types } }).advice?.text).toContain('recent labelled data');
  });

  it('does not send anybody to retrain where newer windows do not show it, without a look at them', () => {
    const retrain = { ...diagnosis, advice: 'retrain' as const, types: ['concept_drift'] as ShiftKind[] };
    const said = (news: Partial<IncidentNews>) =>
      content({ ...told, diagnosis: { ...retrain, faults: [] }, ...news });
    const after = { windows: 1, untilMs: Date.UTC(2026, 2, 28) };
    expect(said({ after }).advice?.title).toBe('Retrain, unless it is over');
    expect(said({ after }).advice?.text).toMatch(
      /^It may be over: look at the newest labelled windows first\. /,
    );
    expect(said({ after }).headline).toContain(' sure: retrain, unless it is over.');
    for (const other of [said({}), said({ after, kind: 'firing' })])
      expect([other.advice?.title, other.headline]).toEqual([
        'Retrain',
        expect.stringContaining(' sure: retrain.'),
      ]);
  });

  it('says what becomes of what was told where the newest windows do not name it', () => {
    const watch = { ...diagnosis, advice: 'watch' as const, types: ['covariate_shift'] as ShiftKind[] };
    const toldTypes: ShiftKind[] = ['covariate_shift', 'concept_drift'];
    const text = (news: Partial<IncidentNews>) =>
      content({ ...told, diagnosis: { ...watch, verdict: 'covariate_shift', faults: [] }, ...news }).advice
        ?.text;
    expect(text({ toldTypes })).toBe(
      'The inputs are moved still. Whether the concept drift is over is not known: what was advised of it stands until labels tell.',
    );
    expect(text({ toldTypes: ['covariate_shift', 'label_shift'] })).toBe(
      'The inputs are moved still. Whether the label shift is over is not known: a re-weighting or a threshold made for it stands until labels tell.',
    );
    expect(text({ toldTypes: ['covariate_shift'] })).not.toContain('is over');
  });

  it('advises of a loss what its headline does', () => {
    const after = { windows: 1, untilMs: Date.UTC(2026, 2, 28) };
    const types: ShiftKind[] = ['covariate_shift'];
    const loss = { ...diagnosis, advice: 'retrain' as const, types, faults: [] };
    const { advice, headline } = content({ ...told, diagnosis: loss, after });
    expect(headline).toContain(' sure: retrain, unless it is over.');
    expect(advice?.title).toBe('Retrain, unless it is over');
    expect(advice?.text).toContain('Rows come now on which the model is worse.');
  });

  it('waits where the newest window shows none of it', () => {
    const none = { ...diagnosis, verdict: 'none' as const, advice: 'none' as const, types: [], faults: [] };
    expect(content({ ...told, diagnosis: none }).advice?.title).toBe('Wait');
    expect(content({ ...told, diagnosis: none, kind: 'resolved' }).advice?.title).toBe(
      'Undo what was made for it',
    );
  });

  it('says what its figures compare: of several windows not “this window”', () => {
    const judged = { sinceMs: 0, windows: 3, rows: 1_387 };
    const { movedLegend, performanceNote } = messageContent(sampleNotification({ judged }), {
      publicUrl: null,
      timeZone: 'UTC',
    });
    expect(movedLegend).toBe('Shares of rows: training → these 3 windows.');
    expect(performanceNote).toContain('→ these 3 windows, from');
  });
});

describe('a message about operation', () => {
  const operational = { rows: 3_000, breaches: [SLOW, FAILING] };

  it('says what is beyond its limit, whatever the data is like', () => {
    const said = content({ cause: 'operational', operational, subjects: ['latency_p95_ms', 'error_rate'] });
    expect(said).toMatchObject({
      subject: '[shiftwatch] credit-risk 3: operational breach since 1 Mar 09:00',
      tone: 'warn',
      badge: 'Alert: latency and errors',
      headline: '95th percentile of latency is 240 ms, above the limit of 200 ms (and 1 more).',
      advice: { title: 'Look at the service' },
    });
    expect(said.figures.flatMap(({ lines }) => lines)).toHaveLength(2);
    expect(said.facts.map(([label]) => label)).not.toContain('Confidence');
  });

  it('names at its end what the incident was about', () => {
    const said = content({
      kind: 'resolved',
      cause: 'operational',
      operational: { rows: 3_000, breaches: [] },
      subjects: ['error_rate', 'latency_p95_ms'],
    });
    expect(said).toMatchObject({
      badge: 'Resolved',
      headline: 'Back within limits: latency and errors.',
      evidence: [],
    });
  });
});

describe('what moved', () => {
  const pooled = {
    windows: 12,
    rows: 6_000,
    test: 'shift',
    statistic: 6.1,
    p_value: 1e-7,
    q_value: 1e-6,
    size: { estimate: 0.16, upper: 0.21 },
    drifted: true,
    since_windows: 12,
    last_window: 0.9,
  } as const;
  const slow = sampleFeature('tenure', { pooled });

  it('is what one window shows, and then what several show together', () => {
    const { features } = sampleNotification();
    const names = content({ features: [slow, ...features] }).moved?.map(({ name }) => name);
    expect(names?.at(-1)).toBe('tenure');
    expect(names?.[0]).not.toBe('tenure');
    expect(content({ features: [slow] }).moved).toEqual([
      {
        name: 'tenure',
        mark: 'moved a little',
        style: 'covariate',
        lines: ['the last 12 windows together (6,000 rows) are 0.16 σ away, at most 0.21'],
      },
    ]);
  });

  it('is nothing that the last window denies', () => {
    const over = sampleFeature('visits', { pooled: { ...pooled, last_window: 0.1 } });
    expect(content({ features: [over] }).moved).toEqual([]);
  });
});
