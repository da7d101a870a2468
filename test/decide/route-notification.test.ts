import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONSEQUENCES, DEFAULT_PAGE, type Consequence } from '../../src/core/alerts/consequence.ts';
import type { NotificationKind } from '../../src/core/jobs.ts';
import type { AlertSpec } from '../../src/core/model.ts';
import { routeNotification } from '../../src/decide/route-notification.ts';

const CHANNELS = ['mail', 'pager'];
const DEFAULT: AlertSpec = {
  forWindows: 2,
  remindEveryMs: 1,
  channels: CHANNELS,
  page: DEFAULT_PAGE,
  digest: { cron: '0 8 * * *', channels: ['mail'] },
};
const news = (kind: NotificationKind, consequences: readonly Consequence[] = [], wasPaged = false) => ({
  kind,
  consequences,
  wasPaged,
});

describe('a notification is told', () => {
  it.each([
    ['a fault', news('firing', ['data_fault', 'covariate_shift']), 'page', 'consequence_pages'],
    [
      'a loss with moved inputs',
      news('firing', ['performance_loss', 'covariate_shift']),
      'page',
      'consequence_pages',
    ],
    ['concept drift', news('firing', ['concept_drift']), 'page', 'consequence_pages'],
    ['silence', news('firing', ['no_data']), 'page', 'consequence_pages'],
    ['a breached limit', news('firing', ['operational_limit']), 'page', 'consequence_pages'],
    ['moved inputs', news('firing', ['covariate_shift']), 'digest', 'consequence_can_wait'],
    ['other outcomes', news('firing', ['label_shift']), 'digest', 'consequence_can_wait'],
    [
      'an expected loss',
      news('firing', ['expected_loss', 'covariate_shift']),
      'digest',
      'consequence_can_wait',
    ],
    ['a slower service', news('firing', ['operational_drift']), 'digest', 'consequence_can_wait'],
    ['the end of what waited', news('resolved'), 'digest', 'consequence_can_wait'],
    ['a reminder of what waited', news('reminder', ['covariate_shift']), 'digest', 'consequence_can_wait'],
    // A reminder is no news: what gets worse is told by a message of its own.
    [
      'a reminder whose window has a loss',
      news('reminder', ['performance_loss']),
      'digest',
      'consequence_can_wait',
    ],
    ['the end of what was paged', news('resolved', [], true), 'page', 'incident_was_paged'],
    ['its correction', news('corrected', [], true), 'page', 'incident_was_paged'],
    [
      'a milder kind of what was paged',
      news('firing', ['covariate_shift'], true),
      'page',
      'incident_was_paged',
    ],
    ['lost events', news('log_incident'), 'page', 'needs_an_answer'],
    ['a failed retraining', news('retrain_failed'), 'page', 'needs_an_answer'],
  ] as const)('%s', (_, told, urgency, reason) => {
    expect(routeNotification(told, DEFAULT)).toEqual({
      urgency,
      reason,
      channels: urgency === 'page' ? CHANNELS : ['mail'],
    });
  });

  it.each([
    ['with page: all', { page: 'all' }, 'page', 'everything_pages'],
    [
      'without a word about pages, as old configurations are',
      { page: undefined },
      'page',
      'everything_pages',
    ],
    ['with a page for it', { page: ['covariate_shift'] }, 'page', 'consequence_pages'],
    ['with a pager only', { digest: { cron: '0 8 * * *', channels: [] } }, 'page', 'no_digest_channel'],
    ['with digest: off', { digest: null }, 'show', 'digest_off'],
  ] as const)('moved inputs %s', (_, alerts, urgency, reason) => {
    const { page, ...rest } = { ...DEFAULT, ...alerts };
    const spec = page === undefined ? rest : { ...rest, page };
    expect(routeNotification(news('firing', ['covariate_shift']), spec)).toMatchObject({ urgency, reason });
  });

  it('once and somewhere, unless silence was asked for', () => {
    const consequences = fc.uniqueArray(fc.constantFrom(...CONSEQUENCES));
    const page = fc.oneof(fc.constant('all' as const), consequences, fc.constant(undefined));
    const digest = fc.oneof(
      fc.constant(null),
      fc.subarray(CHANNELS).map((channels) => ({ cron: '0 8 * * *', channels })),
    );
    const kind = fc.constantFrom<NotificationKind>(
      'firing',
      'reminder',
      'resolved',
      'corrected',
      'retrain_failed',
    );
    fc.assert(
      fc.property(kind, consequences, fc.boolean(), page, digest, (of, found, wasPaged, pages, into) => {
        const route = routeNotification(
          { kind: of, consequences: found, wasPaged },
          { channels: CHANNELS, digest: into, ...(pages !== undefined && { page: pages }) },
        );
        expect(route.channels.length > 0).toBe(route.urgency !== 'show');
        if (route.urgency === 'show') expect(into).toBeNull();
        if (route.urgency === 'digest') expect(wasPaged).toBe(false);
        if (route.urgency === 'page') expect(route.channels).toEqual(CHANNELS);
      }),
    );
  });
});
