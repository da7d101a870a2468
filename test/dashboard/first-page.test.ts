import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HoldReason } from '../../src/core/alerts/alert-hold.ts';
import { VERDICTS } from '../../src/core/findings.ts';
import { firstPage } from '../../src/dashboard/first-page.ts';
import { headlineOf } from '../../src/words/headline.ts';
import { mailPage, mailboxPage } from '../../src/dashboard/mail-page.ts';
import { holdLine } from '../../src/words/hold-line.ts';
import { latestJudged, standingOf } from '../../src/words/standing.ts';
import { LEGEND, markOf } from '../../src/words/verdict-mark.ts';
import type { Held } from '../../src/core/alerts/alert-hold.ts';
import type { AlertRow } from '../../src/store/rows/alerts.ts';
import type {
  Overview,
  OverviewVersion,
  StandingState,
  OverviewWindow,
} from '../../src/store/read-models/overview.ts';
import { conceptMail } from '../act/sample-mails.ts';
import { nothingStored } from '../api/fakes.ts';

const NOW_MS = Date.parse('2026-03-10T12:07:00Z');
const pipeline = await nothingStored.pipelineFacts();

function window(
  end: string,
  verdict: NonNullable<OverviewWindow['verdict']>['verdict'] | null,
): OverviewWindow {
  return {
    id: '7',
    size_ms: 3_600_000,
    size_rows: null,
    start: '2026-03-10T10:00:00.000Z',
    end,
    state: verdict === null ? 'open' : 'closed',
    rows: 1_234,
    late_rows: 3,
    verdict:
      verdict === null
        ? null
        : {
            series: 'closed',
            verdict,
            confidence: 0.98,
            advice: 'none',
            summary: `It is ${verdict}.`,
            reason: null,
            maturity: null,
          },
  };
}

function version(parts: Partial<OverviewVersion> = {}): OverviewVersion {
  return {
    model: 'm',
    task: 'classification',
    version: '1',
    state: 'active',
    baseline: { revision: 1, rows: 100, created_at: '2026-03-01T00:00:00.000Z' },
    windows: [window('2026-03-10T11:00:00.000Z', 'none')],
    alerts: [],
    states: [],
    retrains: [],
    ...parts,
  };
}

it('shows figures beside the verdict only where they say something', () => {
  const base = window('2026-03-10T11:00:00.000Z', 'concept_drift');
  if (base.verdict === null) throw new Error('it has a verdict');
  const { performance } = conceptMail();
  const told = {
    mature: true,
    holdout: performance?.holdout ?? null,
    groups: performance?.groups ?? [],
  };
  const cardOf = (verdict: Partial<NonNullable<OverviewWindow['verdict']>>): string => {
    const windows = [{ ...base, verdict: { ...base.verdict, ...verdict } as OverviewWindow['verdict'] }];
    const overview = { versions: [version({ windows })], pipeline, more_alerts: false, unseen: [] };
    return firstPage({ overview, holds: new Map(), nowMs: NOW_MS, hasMailbox: false }).html;
  };
  const full = cardOf({ performance: told, breaches: ['mean latency is 30 ms'] });
  expect(full).toContain('accuracy: 0.71 held out, 0.79 influenced, differs (p = 4e-4)');
  expect(full).toContain('sex=female: selection rate 41 %, others 55 %');
  expect(full).toContain('<li>mean latency is 30 ms</li>');
  expect(cardOf({ performance: { mature: true, holdout: null, groups: [] } })).not.toMatch(
    /Hold-out|Groups|Operation/,
  );
});

const alertIn = (state: AlertRow['state'], rest: Partial<AlertRow> = {}): AlertRow => ({
  id: '1',
  model: 'm',
  version: '1',
  size_ms: 3_600_000,
  size_rows: null,
  segment: '',
  series: 'closed',
  cause: 'shift',
  state,
  verdict: 'covariate_shift',
  types: ['covariate_shift'],
  subjects: [],
  views: [],
  until: null,
  judged_windows: 2,
  judged_rows: 900,
  confidence: 0.97,
  advice: 'watch',
  deliveries: { delivered: 1, failed: 0, waiting: 0 },
  windows_in_a_row: 2,
  clean_in_a_row: 0,
  since: '2026-03-10T10:00:00.000Z',
  last_window_id: '7',
  summary: null,
  fired_at: null,
  resolved_at: null,
  last_notified_at: null,
  next_reminder_at: null,
  acknowledged: null,
  snoozed: null,
  held: null,
  closed: null,
  follows: null,
  created_at: '2026-03-10T10:00:00.000Z',
  updated_at: '2026-03-10T10:00:00.000Z',
  ...rest,
});

const stateOf = (state: StandingState['state']): StandingState[] => [
  { size_ms: 3_600_000, size_rows: null, state, reason: state },
];

const overviewOf = (...versions: OverviewVersion[]): Overview => ({
  versions,
  pipeline,
  more_alerts: false,
  unseen: [],
});
const render = (overview: Overview): string =>
  firstPage({ overview, holds: new Map(), nowMs: NOW_MS, hasMailbox: false }).html;

describe('how a version stands', () => {
  it.each([
    ['incident open', { alerts: [alertIn('pending'), alertIn('firing')] }],
    ['open, recovering', { alerts: [alertIn('recovering')] }],
    ['shift seen, waiting', { alerts: [alertIn('pending')] }],
    ['no data, waiting', { alerts: [alertIn('pending', { cause: 'no_data' })] }],
    ['breach seen, waiting', { alerts: [alertIn('pending', { cause: 'operational' })] }],
    ['no data', { states: stateOf('no_data') }],
    ['too few rows', { states: stateOf('insufficient') }],
    ['no baseline', { baseline: null }],
    ['no events yet', { windows: [] }],
    ['first window open', { windows: [window('2026-03-10T11:00:00.000Z', null)] }],
    ['undetermined', { windows: [window('2026-03-10T11:00:00.000Z', 'undetermined')] }],
    ['shift seen', { windows: [window('2026-03-10T11:00:00.000Z', 'label_shift')] }],
    ['quiet', {}],
  ] satisfies [string, Partial<OverviewVersion>][])('%s', (word, parts) => {
    expect(standingOf(version(parts)).word).toBe(word);
  });

  it('names what an incident is about, and when it is brought to mind again', () => {
    const reminded = { next_reminder_at: '2026-03-11T10:00:00.000Z' };
    const page = render(
      overviewOf(
        version({
          alerts: [
            alertIn('firing', { subjects: ['age', 'income', 'zip', 'job', 'sex'], ...reminded }),
            alertIn('firing', { cause: 'no_data', types: ['no_data'] }),
            alertIn('firing', {
              cause: 'operational',
              types: ['latency', 'errors'],
              subjects: ['error_rate', 'latency_p95_ms', 'latency_p99_ms'],
            }),
          ],
        }),
      ),
    );
    expect(page).toContain('covariate shift of age, income, zip and 2 more (inputs, 1h windows)');
    expect(page).toContain('next reminder 2026-03-11 10:00 UTC');
    expect(page).toContain('no data (1h windows)');
    expect(page).toContain('latency and errors (1h windows)');
  });

  it('rests on the newest window that has been judged', () => {
    const older = window('2026-03-10T10:00:00.000Z', 'none');
    const newer = window('2026-03-10T11:00:00.000Z', 'mixed');
    expect(latestJudged([newer, older, window('2026-03-10T12:00:00.000Z', null)])).toBe(newer);
    expect(latestJudged([])).toBeNull();
  });
});

describe('the headline', () => {
  const firing = version({ alerts: [alertIn('firing')] });
  it.each([
    ['No model is being watched yet.', []],
    ['m is quiet.', [version()]],
    ['All 2 models are quiet.', [version(), version({ model: 'n' })]],
    ['No incident is open; 1 model version to look at.', [version(), version({ baseline: null })]],
    ['1 incident open on m.', [firing, version({ model: 'n' })]],
    ['2 incidents open on 2 models.', [firing, { ...firing, model: 'n' }]],
    ['1 incident open on m.', [version({ alerts: [alertIn('recovering')] })]],
  ])('%s', (text, versions) => {
    expect(headlineOf(overviewOf(...versions))).toBe(text);
  });
});

describe('the page', () => {
  it('puts the worst first', () => {
    const text = render(
      overviewOf(version({ model: 'calm' }), version({ model: 'worst', alerts: [alertIn('firing')] })),
    );
    expect(text.indexOf('<h2>worst</h2>')).toBeGreaterThan(0);
    expect(text.indexOf('<h2>worst</h2>')).toBeLessThan(text.indexOf('<h2>calm</h2>'));
  });

  it('allows its own style by hash and nothing else', () => {
    const page = firstPage({
      overview: overviewOf(version()),
      holds: new Map(),
      nowMs: NOW_MS,
      hasMailbox: true,
    });
    const style = /<style>([^]*?)<\/style>/.exec(page.html)?.[1] ?? '';
    expect(style.length).toBeGreaterThan(1_000);
    expect(page.contentSecurityPolicy).toContain(`'sha256-${hash('sha256', style, 'base64')}'`);
    // Inline attributes would be blocked by it.
    expect(page.html).not.toMatch(/ style="| on\w+="|<script/);
  });

  it('shows names from logs as text, and teaches commands that are safe to copy', () => {
    const model = `x'; rm -rf ~ <img src=x onerror=alert(1)>\u202e`;
    const text = render(overviewOf(version({ model, baseline: null, windows: [] })));
    expect(text).not.toContain('<img');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('--model &#39;x&#39;\\&#39;&#39;; rm -rf ~ &lt;img');
  });

  it('says in words what a cell says in colour', () => {
    const text = render(overviewOf(version()));
    expect(text).toContain('2026-03-10 10:00: no shift, 1,234 rows, 3 rows after closing');
    expect(new Set(LEGEND.map(({ letter }) => letter)).size).toBe(LEGEND.length);
    expect(VERDICTS.map((verdict) => markOf(verdict).letter)).not.toContain('');
  });

  it('shows a model of which nothing was logged yet', () => {
    const text = render({ ...overviewOf(version({})), unseen: ['later <i>'] });
    expect(text).toContain('later &lt;i&gt;');
    expect(text).toContain('Nothing was logged of it yet');
    expect(text).not.toContain('Tell shiftwatch about a model');
  });

  it('teaches the next command where there is nothing yet', () => {
    expect(render(overviewOf())).toContain('shiftwatch config check');
    expect(render(overviewOf(version({ windows: [] })))).toContain(
      'shiftwatch replay events.jsonl --to http',
    );
    const without = version({ baseline: null });
    expect(render(overviewOf(without))).toContain('shiftwatch baseline create --model m --version 1');
  });
});

describe('whether people hear of an alert', () => {
  const until = Date.parse('2026-03-10T18:00:00Z');
  const held = (reason: HoldReason, by: string, untilMs: number | null = null): Held => ({
    held: true,
    reason,
    by,
    untilMs,
  });
  it.each<[string, Held]>([
    ['silence 3 by ann, until 2026-03-10 18:00 UTC', held('silenced', 'silence 3 by ann', until)],
    ['muted by nights, until 2026-03-10 18:00 UTC', held('muted_by_schedule', 'nights', until)],
    ['snoozed by bob, until 2026-03-10 18:00 UTC', held('snoozed', 'bob', until)],
    ['acknowledged by bob', held('acknowledged', 'bob')],
    ['no data comes, incident 7', held('inhibited_by_no_data', 'incident 7')],
    ['its features are faulty, incident 7', held('inhibited_by_data_fault', 'incident 7')],
  ])('%s', (text, hold) => {
    expect(holdLine({ held: null }, hold)).toBe(text);
    const owed = { message: 'firing', reason: hold.reason, by: hold.by, until: null, since: '' } as const;
    expect(holdLine({ held: owed }, hold)).toBe(`${text}; nobody has been told yet`);
  });

  it('stands on the page, or else when the next reminder comes', () => {
    const alert: AlertRow = { ...alertIn('firing'), next_reminder_at: '2026-03-11T10:00:00.000Z' };
    const overview = overviewOf(version({ alerts: [alert] }));
    const page = (holds: ReadonlyMap<string, Held>): string =>
      firstPage({ overview, holds, nowMs: NOW_MS, hasMailbox: false }).html;
    expect(page(new Map())).toContain('next reminder 2026-03-11 10:00 UTC');
    const holds = new Map([['1', held('acknowledged', 'bob')]]);
    expect(page(holds)).toContain('acknowledged by bob');
    expect(page(holds)).not.toContain('next reminder');
    const over = { ...alert, state: 'resolved' } as const;
    expect(render(overviewOf(version({ alerts: [over] })))).not.toContain('next reminder');
  });
});

describe('mail', () => {
  const mail = {
    id: 'a b/c',
    atMs: NOW_MS,
    from: 'shiftwatch@example.org',
    to: ['ml@example.org'],
    subject: '<b>credit-risk</b>',
    html: '<p>rich</p>',
    text: 'plain <i>',
  };

  it('lists what was caught, and says when nothing was', () => {
    expect(mailboxPage([]).html).toContain('No mail has been sent yet.');
    const { html } = mailboxPage([mail]);
    expect(html).toContain('href="/mail/a%20b%2Fc"');
    expect(html).toContain('&lt;b&gt;credit-risk');
  });

  it('shows the HTML part only inside a frame that may do nothing', () => {
    const { html, contentSecurityPolicy } = mailPage(mail);
    expect(html).toMatch(/<iframe\s+sandbox=""\s+src="\/mail\/a%20b%2Fc\/html"/);
    expect(html).not.toContain('<p>rich</p>');
    expect(html).toContain('plain &lt;i&gt;');
    expect(contentSecurityPolicy).toContain("frame-src 'self'");
    expect(mailPage({ ...mail, html: null }).html).not.toContain('<iframe');
  });
});
