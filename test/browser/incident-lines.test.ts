import { describe, expect, test } from 'vitest';
import { groupEvidence } from '../../src/browser/screens/incident/group-evidence.ts';
import { howItMoved } from '../../src/browser/screens/incident/how-it-moved.ts';
import { mergedInto, storyEntries } from '../../src/browser/screens/incident/story-entries.ts';
import type { Investigation } from '../../src/store/rows/investigations.ts';

type Line = Investigation['evidence'][number];

const line = (
  says: string,
  statistic: string,
  about: Line['about'] = { subject: 'all', name: null },
): Line => ({
  says,
  about,
  statistic,
  value: null,
  p_value: null,
});
const feature = (name: string) => ({ name, faults: [], metrics: { psi: 0.3 }, p_value: 0 });

function investigation(given: object): Investigation {
  return {
    alert: { cause: 'shift' },
    evidence: [],
    features: [],
    verdict: {
      performance: { metrics: { accuracy: {} } },
      diagnosis: { performance_change: { metric: 'accuracy' } },
    },
    story: [],
    deliveries: [],
    ...given,
  } as unknown as Investigation;
}

describe('evidence beside pictures', () => {
  test('lines that one picture shows stand together, features first, what has none last', () => {
    const groups = groupEvidence(
      investigation({
        features: [feature('age'), feature('income')],
        evidence: [
          line('the rows are as many as usual', 'rows'),
          line('accuracy 94.4 % → 91.6 %', 'accuracy'),
          line('age moved', 'psi', { subject: 'feature', name: 'age' }),
          line('score moved', 'psi'),
          line('share of class 1 49.9 % → 50.6 %', 'label_test'),
          line('the relation moved where age is above 6', 'change', { subject: 'feature', name: 'age' }),
          line('of the change of accuracy, the mix explains −2.0 points', 'concept_part'),
        ],
      }),
    );
    expect(groups.map(({ of, lines }) => [of, lines.map(({ says }) => says.slice(0, 12))])).toEqual([
      ['feature', ['age moved', 'the relation']],
      ['feature', ['income moved']],
      ['metric', ['accuracy 94.', 'of the chang']],
      ['column', ['score moved']],
      ['change', ['share of cla']],
      ['nothing', ['the rows are']],
    ]);
    expect(groups[4]).toMatchObject({
      change: { of: 'share of class 1', before: 0.499, now: 0.506, isShare: true },
    });
  });

  test('of a breach nothing is told of the data', () => {
    const breach = { metric: 'latency_p95_ms', claim: 'latency p95 is over its limit', p_value: 0 };
    const groups = groupEvidence(
      investigation({
        alert: { cause: 'operational' },
        evidence: [line('age moved', 'psi')],
        verdict: { operational: { breaches: [breach] } },
      }),
    );
    expect(groups).toMatchObject([
      { of: 'breach', breach, lines: [{ says: 'latency p95 is over its limit' }] },
    ]);
  });
});

describe('the story of an incident', () => {
  const event = (kind: string, minute: number, details: object = {}, reason = kind) => ({
    id: String(minute),
    at: `2026-03-01T00:0${minute}:00.000Z`,
    kind,
    reason,
    says: reason.replaceAll('_', ' '),
    window_id: '7',
    details,
  });
  const delivery = (id: string, about: string, minute: number) => ({
    id,
    about,
    created_at: `2026-03-01T00:0${minute}:00.500Z`,
  });

  test('windows that go on are one line, and messages come after what they tell', () => {
    const entries = storyEntries(
      investigation({
        story: [
          event('firing', 1, {}, 'enough_windows'),
          event('still_firing', 2, {}, 'shift_continues'),
          event('still_firing', 3, {}, 'shift_continues'),
          event('acknowledged', 4, { by: 'ann', comment: 'on it' }),
        ],
        deliveries: [delivery('a', 'firing', 1), delivery('b', 'firing', 1), delivery('c', 'reminder', 3)],
      }),
    );
    expect(
      entries.map((entry) =>
        entry.is === 'message' ? [entry.about, entry.deliveries.length] : [entry.name, entry.events.length],
      ),
    ).toEqual([
      ['Incident', 1],
      ['firing', 2],
      ['Goes on', 2],
      ['reminder', 1],
      ['Acknowledged', 1],
    ]);
    expect(entries[4]).toMatchObject({ by: 'ann', comment: 'on it', says: '' });
  });

  test('says which incident it went on in', () => {
    expect(mergedInto(investigation({ story: [event('merged', 1, { into: '2' })] }))).toBe('2');
    expect(mergedInto(investigation({ story: [event('firing', 1)] }))).toBeNull();
  });
});

describe('how far a feature moved', () => {
  const bin = (label: string, reference: number, current: number) => ({ label, reference, current });

  test.each([
    [
      'far, to more of a bin',
      { drifted: true, severity: 'critical' as const },
      [bin('up to 3', 0.5, 0.4), bin('over 3', 0.1, 0.28)],
      { how: 'moved far', where: 'most of all more rows with over 3: 10.0 % in training, 28.0 % now' },
    ],
    [
      'a little, to fewer',
      { drifted: true, severity: 'info' as const },
      [bin('a', 0.5, 0.4), bin('b', 0.1, 0.15)],
      { how: 'moved a little', where: 'most of all fewer rows with a: 50.0 % in training, 40.0 % now' },
    ],
    [
      'not, and nothing was counted',
      { drifted: false, severity: 'none' as const },
      [],
      { how: 'is not as in training', where: null },
    ],
  ])('%s', (_, feature, bins, said) => {
    expect(howItMoved(feature, bins)).toEqual(said);
  });
});
