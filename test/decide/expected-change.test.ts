import { expect, it, test } from 'vitest';
import type { ShownChange, ExpectedChange, Move } from '../../src/core/alerts/change.ts';
import { expectedBy, joinedChange } from '../../src/decide/expected-change.ts';

const move = (name: string, way: Move['way'], subject: Move['subject'] = 'feature'): Move => ({
  subject,
  name,
  way,
});
const shift = (...moves: Move[]): ShownChange => ({ kinds: ['covariate_shift'], moves, faults: [] });
const HIGHER = { higher: 0.4 };
const WINDOW = { cause: 'shift', segment: '', startMs: 100 } as const;

let ids = 0;
const expected = (change: ShownChange, rest: Partial<ExpectedChange> = {}): ExpectedChange => ({
  id: String((ids += 1)),
  cause: 'shift',
  segment: '',
  change,
  fromMs: 0,
  untilMs: null,
  author: 'ann',
  comment: 'the sale',
  ...rest,
});
const isExpected = (shown: ShownChange, ...annotations: ExpectedChange[]): boolean =>
  expectedBy(shown, WINDOW, annotations) !== null;

it('explains the same, and a part of the same', () => {
  const said = expected(shift(move('age', HIGHER), move('income', { higher: -0.3 })));
  expect(isExpected(shift(move('age', HIGHER)), said)).toBe(true);
  expect(
    isExpected(shift(move('income', { higher: -0.05, wider: 0.02 }), move('age', { higher: 0.9 })), said),
  ).toBe(true);
});

test.each<[string, ShownChange]>([
  ['another way', shift(move('age', { higher: -0.4 }))],
  ['wider instead of higher', shift(move('age', { wider: 0.4 }))],
  ['another feature', shift(move('age', HIGHER), move('zip', HIGHER))],
  ['the label of that name', shift(move('age', HIGHER, 'label'))],
  ['another kind', { ...shift(move('age', HIGHER)), kinds: ['concept_drift'] }],
  ['another kind beside it', { ...shift(move('age', HIGHER)), kinds: ['covariate_shift', 'label_shift'] }],
  ['a fault beside it', { ...shift(move('age', HIGHER)), faults: [{ feature: 'age', fault: 'noise' }] }],
  ['nothing', { kinds: [], moves: [], faults: [] }],
])('does not explain %s', (_what, shown) => {
  expect(isExpected(shown, expected(shift(move('age', HIGHER))))).toBe(false);
});

it('goes by the levels that grew, and by those that shrank', () => {
  const said = expected(shift(move('channel', { '=app': 0.3, '=web': -0.3 })));
  const shows = (way: Move['way']): boolean => isExpected(shift(move('channel', way)), said);
  expect(shows({ '=app': 0.1, '=web': -0.1 })).toBe(true);
  expect(shows({ '=app': 0.2, '=web': -0.15, '=shop': -0.05 })).toBe(true);
  expect(shows({ '=app': -0.3, '=web': 0.3 })).toBe(false);
  expect(shows({ '=shop': 0.3, '=app': -0.3 })).toBe(false);
});

it('takes a way that nobody can tell for the same', () => {
  const said = expected(shift(move('age', {})));
  expect(isExpected(shift(move('age', HIGHER)), said)).toBe(true);
  expect(isExpected(shift(move('age', { higher: -0.01 })), expected(shift(move('age', HIGHER))))).toBe(true);
});

it('takes several together, and answers the newest that has to do with it', () => {
  const [a, b, other] = [
    expected(shift(move('age', HIGHER))),
    expected(shift(move('zip', HIGHER))),
    expected({ kinds: ['concept_drift'], moves: [], faults: [] }),
  ];
  expect(expectedBy(shift(move('age', HIGHER), move('zip', HIGHER)), WINDOW, [a, b, other])?.id).toBe(b.id);
  expect(isExpected(shift(move('age', HIGHER), move('zip', HIGHER)), a)).toBe(false);
});

it('holds from its beginning up to its end, for its cause, and for the segments of what it is about', () => {
  const change = shift(move('age', HIGHER));
  const holds = (rest: Partial<ExpectedChange>, segment = ''): boolean =>
    expectedBy(change, { ...WINDOW, segment }, [expected(change, rest)]) !== null;
  expect([holds({ fromMs: 100 }), holds({ fromMs: 101 })]).toEqual([true, false]);
  expect([holds({ untilMs: 101 }), holds({ untilMs: 100 })]).toEqual([true, false]);
  expect(holds({ cause: 'operational' })).toBe(false);
  expect([holds({}, 'a=1'), holds({ segment: 'a=1' }, 'a=1')]).toEqual([true, true]);
  expect([holds({ segment: 'a=1' }), holds({ segment: 'a=1' }, 'a=2')]).toEqual([false, false]);
});

it('joins what several windows show', () => {
  const fault = { feature: 'age', fault: 'noise' } as const;
  const joined = joinedChange([
    { kinds: ['covariate_shift'], moves: [move('age', { higher: 0.4, missing: 0.1 })], faults: [fault] },
    {
      kinds: ['covariate_shift', 'data_fault'],
      moves: [move('age', { higher: 0.2 }), move('age', HIGHER, 'label')],
      faults: [fault],
    },
  ]);
  expect(joined).toEqual({
    kinds: ['covariate_shift', 'data_fault'],
    moves: [
      move('age', { higher: expect.closeTo(0.6) as number, missing: 0.1 }),
      move('age', HIGHER, 'label'),
    ],
    faults: [fault],
  });
});
