import { describe, expect, it } from 'vitest';
import { composeMail, deliveryMessageId, mailHost } from '../../src/act/channels/mail/compose-mail.ts';
import type { MailMessage } from '../../src/act/channels/mail/compose-mail.ts';
import type { Maturity } from '../../src/core/findings.ts';
import type { IncidentNews, Notification } from '../../src/core/jobs.ts';
import { conceptMail } from './sample-mails.ts';
import {
  faultNotification,
  resolvedNotification,
  sampleFeature,
  sampleNotification,
  sampleRunNews,
} from './sample-notification.ts';

const settings = {
  from: 'shiftwatch@example.org',
  publicUrl: 'https://shiftwatch.example.org',
  host: 'example.org',
  timeZone: 'UTC',
};
const compose = (notification: Notification, rest: Partial<typeof settings> = {}): MailMessage =>
  composeMail(
    notification,
    { ...settings, ...rest },
    { messageId: '<d@example.org>', to: ['a@example.org'] },
  );

describe('composeMail', () => {
  it('also says that the model is slow or failing', () => {
    const breach = {
      metric: 'latency_p95_ms',
      kind: 'threshold',
      threshold: 200,
      value: 231,
      interval: null,
      p_value: 0.0001,
      claim: '95th percentile of latency is 231 ms, above the limit of 200 ms',
    } as const;
    const operational = { rows: 3_000, breaches: [breach] };
    expect(compose(sampleNotification({ operational })).text).toContain(`${breach.claim} (p`);
    expect(compose(sampleNotification()).text).not.toContain('latency');
  });

  it('says how those fare on whom nobody acted, and which groups fare differently', () => {
    const { text } = compose(conceptMail());
    for (const words of [
      'HOLD-OUT (PROVISIONAL)',
      'Figures are those of 412 rows on which nobody acted; 2,038 others may be influenced by the model.',
      'accuracy: 0.71 held out, 0.79 influenced, differs (p = 4e-4)',
      'f1: 0.69 held out, 0.7 influenced, may be chance (p = 0.740)',
      'sex=female: true positive rate 68 %, others 84 %, difference −22 to −10 points (p = 2e-6)',
      'sex=female: selection rate 41 %, others 55 %, difference −19 to −9 points (p = 1e-7)',
    ]) {
      expect(text).toContain(words);
    }
    // What may be chance is no news of a group, and what is over needs no figures.
    expect(text).not.toContain('false positive');
    expect(compose({ ...conceptMail(), kind: 'resolved' }).text).not.toMatch(/HOLD-OUT|GROUPS|OPERATION/);
    expect(compose(sampleNotification()).text).not.toMatch(/HOLD-OUT|GROUPS|OPERATION/);
  });

  it('names the largest differences between groups, and how many there are beside them', () => {
    const base = conceptMail();
    const [group] = base.performance?.groups ?? [];
    if (group === undefined || base.performance === null) throw new Error('the sample has a group');
    const groups = ['a', 'b', 'c', 'd'].map((name) => ({ ...group, group: name }));
    const { text } = compose({ ...base, performance: { ...base.performance, mature: true, groups } });
    expect(text).toMatch(/\nGROUPS\n(?:- sex=[a-d]: true positive rate .*\n){4}- and 4 more\n/);
  });

  it('says which channel it comes instead of, and why', () => {
    const insteadOf = { channel: 'pager', reason: 'server_down', detail: 'ECONNREFUSED' } as const;
    const words = 'Instead of: pager: its mail server has not answered for too long (ECONNREFUSED)';
    expect(compose(sampleNotification({ insteadOf })).text).toContain(words);
    expect(compose(sampleRunNews('retrain_failed', { insteadOf })).text).toContain(words);
  });

  it('says what happened, what moved, how sure, since when and what to do', () => {
    const { text } = compose(sampleNotification());
    for (const words of [
      'ALERT: CONCEPT DRIFT',
      'accuracy fell from 0.86 to 0.71',
      'WHAT TO DO: Retrain',
      'Since:      1 Mar 2026 09:00 UTC, 2 windows in a row',
      'Window:     1 Mar 2026 10:00–11:00 UTC, 3,000 rows',
      'Confidence: 93 %',
      '- age (critical)',
      'above 61: 14 % → 34 %',
      'up to 25: 14 % → 5 %',
      'missing: 0 % → 25 %',
      'PSI 0.41 · moved by 0.62 σ',
      'new categories: 0 % → 8 %',
      'accuracy  0.86 → 0.71 (interval 0.692 to 0.727, p < 1e-9)',
      '2,450 labels (82 % of the predictions)',
      'Requested: performance has dropped beyond the limit.',
      'https://shiftwatch.example.org',
      'Next reminder: 2 Mar 2026 11:00 UTC',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('income');
  });

  it('says which features are left out, and why', () => {
    const by = 'silence 3 by ann';
    const silenced = ['age', 'zip', 'x', 'y', 'z'].map(
      (feature) => ({ feature, reason: 'silenced', by }) as const,
    );
    const shown = ['age', 'zip', 'x'].map((feature) => `${feature} (silenced: ${by})`).join(', ');
    expect(compose(sampleNotification({ muted: silenced })).text).toContain(
      `Muted:      ${shown} and 2 more`,
    );
    const inhibited = { feature: 'income', reason: 'inhibited_by_data_fault', by: 'incident 8' } as const;
    expect(compose(sampleNotification({ muted: [inhibited] })).text).toContain(
      'Muted:      income (a fault of it is open: incident 8)',
    );
  });

  it('says the same in both parts', () => {
    for (const notification of [sampleNotification(), faultNotification(), resolvedNotification()]) {
      const { text, html } = compose(notification);
      const seen = html
        .replaceAll(/<style>[^]*?<\/style>|<[^>]+>/g, ' ')
        .replaceAll('&amp;', '&')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll(/\s+/g, ' ')
        .toLowerCase();
      const lines = text
        .split('\n')
        .map((line) => line.replaceAll(/^[-\s]+|\s+$/g, ''))
        .filter((line) => line !== '' && !/^[A-Z ]+$|^https:/.test(line));
      const words = lines.flatMap((line) => line.split(/[:()]|\s{2,}/)).map((word) => word.trim());
      for (const word of words) expect(seen).toContain(word.toLowerCase().replace(/\.$/, ''));
    }
  });

  it('names the fault before the drift, and what not to do', () => {
    const { text, subject } = compose(faultNotification());
    expect(subject).toBe('[shiftwatch] credit-risk 3 [country=DE]: data fault since 1 Mar 09:00');
    expect(text).toContain('WHAT TO DO: Fix the pipeline');
    expect(text).toContain('Not tested: concept drift (needs labels)');
    expect(text.indexOf('temperature (unit changed)')).toBeLessThan(text.indexOf('income (values missing)'));
    expect(text.indexOf('income (')).toBeLessThan(text.indexOf('a_rather_long'));
    expect(text).toContain('Not requested: training on faulty data would make the fault permanent.');
  });

  it('begins with the metrics people ask for, in whatever order they were stored', () => {
    const base = sampleNotification();
    if (base.performance === null) throw new Error('the sample has performance');
    const metric = { reference: 0.9, current: 0.8, interval: null, p_value: null };
    const stored = [
      'ece',
      'brier',
      'pr_auc',
      'recall',
      'mcc',
      'specificity',
      'roc_auc',
      'accuracy',
      'precision',
      'f1',
    ];
    const metrics = Object.fromEntries(stored.map((name) => [name, metric]));
    const { text } = compose({ ...base, performance: { ...base.performance, metrics } });
    const shown = [...text.matchAll(/^ {2}([a-z0-9 ]+?) +0\.9 → 0\.8/gm)].map((line) => line[1]);
    expect(shown).toEqual(['accuracy', 'f1', 'precision', 'recall', 'roc auc', 'ece']);
  });

  it('keeps one subject while an incident is open, whatever the windows say, and says in it that it is over', () => {
    const fired = sampleNotification({ firedVerdict: 'concept_drift' });
    const changed: IncidentNews = {
      ...fired,
      kind: 'reminder',
      diagnosis: { ...fired.diagnosis, verdict: 'mixed', types: ['concept_drift', 'covariate_shift'] },
    };
    const resolved = resolvedNotification();
    const overByMs = resolved.windowStartMs;
    const mails = [fired, changed, { ...resolved, overByMs }].map((each) => compose(each));
    const [subject = ''] = mails.map((each) => each.subject);
    const over = subject.replace('[shiftwatch] ', '[shiftwatch] Resolved: ');
    expect(mails.map((each) => each.subject)).toEqual([subject, subject, over]);
    // In an inbox its end reads differently, by who writes.
    expect(mails.map(({ from }) => from.includes('resolved'))).toEqual([false, false, true]);
    expect(new Set(mails.map(({ references }) => references)).size).toBe(1);
    expect(mails[1]?.text).toContain('STILL OPEN: CONCEPT DRIFT AND COVARIATE SHIFT');
    expect(mails[2]?.text).toContain('RESOLVED');
    expect(mails[2]?.text).toContain('Over: concept drift');
    expect(mails[2]?.text).toContain('Lasted:     1 day 1 h, until 2 Mar 2026 10:00 UTC');
  });

  it('shows times in the configured timezone, summer time included', () => {
    const { subject, text } = compose(sampleNotification({ sinceMs: Date.UTC(2026, 6, 1, 22, 30) }), {
      timeZone: 'Europe/Berlin',
    });
    expect(subject).toMatch(/since 2 Jul 00:30$/);
    expect(text).toContain('2 Jul 2026 00:30 CEST');
  });

  it('marks figures on immature labels as provisional', () => {
    const base = sampleNotification();
    if (base.performance === null) throw new Error('the sample has performance');
    const immature = { ...base.performance, mature: false };
    expect(compose({ ...base, performance: immature }).text).toContain(
      'Provisional: more labels are expected.',
    );
    // All labels may be in although the window was judged before its time.
    const maturity = {
      labelled_share: 1,
      expected_share: null,
      expected_interval: null,
      expected_labels: null,
      state: 'mature' as const,
      reason: 'labels_complete',
      arrival_bias: {
        tested: false,
        biased: false,
        p_value: null,
        feature: null,
        distance: null,
        rows: { labelled: 3_000, unlabelled: 0 },
        reason: 'no_unlabelled_rows',
      },
    };
    expect(compose({ ...base, performance: { ...immature, maturity } }).text).not.toContain('Provisional');
  });

  it('says how many labels are to come, and when those that came speak for some rows only', () => {
    const base = sampleNotification();
    if (base.performance === null) throw new Error('the sample has performance');
    const maturity: Maturity = {
      labelled_share: 0.817,
      expected_share: 0.93,
      expected_interval: [0.9, 0.95],
      expected_labels: 339,
      state: 'mature',
      reason: 'mature_after_passed',
      arrival_bias: {
        tested: true,
        biased: true,
        p_value: 1e-20,
        feature: 'income',
        distance: 0.31,
        rows: { labelled: 2450, unlabelled: 550 },
        reason: 'differs',
      },
    };
    const { text } = compose({ ...base, performance: { ...base.performance, maturity } });
    expect(text).toContain('(82 % of the predictions, 93 % expected in the end, between 90 % and 95 %).');
    const atLeast = { ...maturity, expected_share: 1, expected_interval: [0.87, 1] as [number, number] };
    expect(compose({ ...base, performance: { ...base.performance, maturity: atLeast } }).text).toContain(
      '(82 % of the predictions, 100 % expected in the end, 87 % at the least).',
    );
    expect(text).toContain(
      'Labelled rows differ from the others in income (distance 0.31): the figures are about them, not about all.',
    );
  });

  it('takes back what it said in the thread in which it said it', () => {
    const fired = sampleNotification({ firedVerdict: 'concept_drift' });
    const corrected = compose({
      ...fired,
      kind: 'corrected',
      diagnosis: {
        ...fired.diagnosis,
        verdict: 'none',
        types: [],
        advice: 'none',
        summary: 'Nothing has moved.',
      },
      decisionReason: 'told_shift_gone',
      correction: { told: 'concept_drift', incident: 'withdrawn' },
      nextReminderAtMs: null,
    });
    const first = compose(fired);
    expect(corrected.subject).toBe(first.subject);
    expect(corrected.references).toBe(first.references);
    expect(corrected.text).toContain('CORRECTED: NO SHIFT, NOT CONCEPT DRIFT');
    expect(corrected.text).toContain(
      'Correction: the concept drift of 1 Mar 10:00 is no shift by what has come since; the incident is withdrawn.',
    );
    expect(corrected.text).toContain('Nothing has moved.');
    expect(corrected.text).toContain('Incident:   withdrawn, none of its windows shows a shift any more');
    expect(corrected.text).not.toContain('WHAT TO DO');
    expect(corrected.text).not.toContain('Confidence');
  });

  it('tells of a retraining that nobody took', () => {
    const failed = sampleRunNews('retrain_failed', {
      window: null,
      decisionReason: 'schedule_due',
      reason: 'http status 503 (after 12 attempts)',
    });
    const { subject, text } = compose(failed);
    expect(subject).toContain(': retraining since ');
    expect(text).toContain('Nobody is retraining');
    expect(text).toContain('Http status 503 (after 12 attempts).');
    expect(text).toContain('Because:    the schedule has come due');
    expect(text).not.toContain('window ');
  });

  it('tells what became of a retraining, with figures of its own', () => {
    const outcome = sampleRunNews('retrain_outcome', {
      performance: null,
      reason: 'still_beyond_limit',
      run: {
        id: '0195815e',
        says: 'The retraining has not fixed it: version 4 has accuracy 0.71.',
        next: 'Look at what the new version was trained on.',
        newVersion: '4',
        outcome: 'not_fixed',
      },
    });
    const { subject, text } = compose(outcome);
    expect(subject).toContain(': retraining since ');
    expect(text).toContain('RETRAINING HAS NOT FIXED IT');
    expect(text).toContain('WHAT TO DO: Look at the new version');
    expect(text).toContain('The retraining has not fixed it: version 4 has accuracy 0.71.');
    expect(text).toContain('Look at what the new version was trained on.');
    expect(text).toMatch(/^Gave: +version 4$/m);
    expect(text).not.toContain('Sent because');
  });

  it('leaves no markup, no header and no line to hostile names', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&\r\nBcc: everybody@example.org\u202E\0';
    const mail = compose(
      sampleNotification({
        model: evil,
        modelVersion: evil,
        segment: `country=${evil}`,
        features: [
          sampleFeature(evil, {
            drifted: true,
            status: 'drift',
            counts: { bins: [evil, 'x'], reference: [10, 0], current: [0, 10] },
          }),
        ],
      }),
    );
    expect(mail.html).not.toContain('<img');
    expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(mail.subject).not.toMatch(/\p{Cc}/u);
    expect(mail.html + mail.text).not.toMatch(/[\u202E\0\r]/);
    expect(mail.text).not.toMatch(/^Bcc:/m);
  });

  it('stays small, however much has moved', () => {
    const features = Array.from({ length: 500 }, (_, index) =>
      sampleFeature(`feature ${index} ${'<&>'.repeat(200)}`, {
        drifted: true,
        status: 'drift',
        severity: 'critical',
        metrics: { psi: index / 100 },
        counts: { bins: ['<&>'.repeat(100), 'b'], reference: [50, 50], current: [10, 90] },
      }),
    );
    const { html, text } = compose(sampleNotification({ features }));
    expect(text).toContain('and 494 more');
    expect(text).toContain('feature 499');
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  });

  it('does without a dashboard to link to', () => {
    const mail = composeMail(
      sampleNotification(),
      { ...settings, publicUrl: null },
      { messageId: '<d@h>', to: [] },
    );
    expect(mail.html).not.toContain('<a ');
    expect(mail.text).not.toContain('https://');
  });

  it('tells incidents of two installations apart', () => {
    const one = compose(sampleNotification());
    const other = compose(sampleNotification({ sinceMs: 0 }));
    expect(one.references).not.toBe(other.references);
    expect(deliveryMessageId('1b', 'example.org')).toBe('<delivery-1b@example.org>');
  });
});

describe('mailHost', () => {
  it.each([
    ['alerts@example.org', 'example.org'],
    ['Shiftwatch <alerts@Mail.Example.org>', 'mail.example.org'],
    ['nonsense', 'shiftwatch.invalid'],
  ])('of %s is %s', (address, host) => {
    expect(mailHost(address)).toBe(host);
  });
});
