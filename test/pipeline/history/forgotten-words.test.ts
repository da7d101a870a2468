import { expect, it } from 'vitest';
import { ForgottenWords } from '../../../src/pipeline/history/feature/forgotten-words.ts';

const words = new ForgottenWords('amount', Buffer.alloc(32, 7), ['GOLD-CARD']);

it('its name gives way where it stands by itself, and what is told of its values in the same sentence goes', () => {
  expect(words.text('The inputs moved: age, amount (PSI 2.00): watch.')).toBe(
    'The inputs moved: age, a forgotten feature (PSI …): watch.',
  );
  expect(words.text('amount is GOLD where "918" was; age rose by 3.')).toBe(
    'a forgotten feature is … where … was; age rose by 3.',
  );
  expect(words.text('amount moved. It is GOLD-CARD now, age 12.')).toBe(
    'a forgotten feature moved. It is … now, age 12.',
  );
});

it('names within longer ones are others', () => {
  for (const text of ['amount_eur 12', 'card.amount 12', 'amounts 12', 'amount-eur 12', 'Amount 12'])
    expect(words.text(text)).toBe(text);
});

it('what was measured of it is left out; what was concluded stays and names nobody', () => {
  const said = words.json({
    verdict: 'mixed',
    types: ['amount'],
    features: [
      { name: 'amount', kind: 'numeric', status: 'drift' },
      { name: 'age', kind: 'numeric', status: 'ok' },
    ],
    score: { name: 'amount', kind: 'numeric', status: 'ok' },
    faults: [
      { fault: 'unit_change', feature: 'amount', detail: 'as 918273.645', since: '2026-03-01T03:00:00.000Z' },
    ],
    readings: [{ verdict: 'data_fault', fault: 'noise', feature: 'amount', for: ['12 of 13'], against: [] }],
    strata: [
      { feature: 'amount', level: 'GOLD', share: 0.2 },
      { feature: 'age', share: 0.1 },
    ],
    drifted: ['age', 'amount'],
    timeline: { name: 'amount', measure: 'psi', points: [] },
    arrival_bias: { tested: true, feature: 'amount', p_value: 0.1 },
    matchers: [{ name: 'amount', operator: '=', value: 'amount' }],
    segment: 'amount=GOLD',
  });
  expect(said).toEqual({
    verdict: 'mixed',
    types: ['amount'],
    features: [{ name: 'age', kind: 'numeric', status: 'ok' }],
    score: { name: 'a forgotten feature', kind: 'numeric', status: 'ok' },
    faults: [
      {
        fault: 'unit_change',
        feature: 'a forgotten feature',
        detail: 'as …',
        since: '2026-03-01T03:00:00.000Z',
      },
    ],
    readings: [
      { verdict: 'data_fault', fault: 'noise', feature: 'a forgotten feature', for: ['… of …'], against: [] },
    ],
    strata: [{ feature: 'age', share: 0.1 }],
    drifted: ['age', 'a forgotten feature'],
    timeline: null,
    arrival_bias: { tested: true, feature: 'a forgotten feature', p_value: 0.1 },
    matchers: [{ name: 'a forgotten feature', operator: '=', value: 'a forgotten feature' }],
    segment: words.segment('amount=GOLD'),
  });
  expect(words.json({ importance: { amount: 0.4, age: 0.1 } }, true)).toEqual({ importance: { age: 0.1 } });
  expect(words.json(said)).toEqual(said);
});

it('segments that are made of it stay apart, and say no value', () => {
  const [gold, iron] = ['amount=GOLD', 'amount=IRON'].map((name) => words.segment(name));
  expect(gold).toMatch(/^a forgotten feature=[0-9a-f]{12}$/);
  expect(gold).not.toBe(iron);
  expect(words.segment(':holdout:amount=GOLD')).toBe(`:holdout:${gold}`);
  expect(words.segment(':group:amount=GOLD')).toBe(`:group:${gold}`);
  expect([words.segment('age=1'), words.segment('amount'), words.segment('amount_eur=1')]).toEqual([
    null,
    null,
    null,
  ]);
});
