import { expect, it } from 'vitest';
import { toldTransformation } from '../../../../src/diagnose/faults/units/told-transformation.ts';
import { TRANSFORMATIONS } from '../../../../src/diagnose/faults/units/transformations.ts';

it.each(TRANSFORMATIONS)(
  '$name is read out of what is said of it, and takes itself back',
  ({ name, apply, domain }) => {
    const sentences = [
      `values fit ${name} (distance 0.012, untransformed 0.930): no growth explains it`,
      `40 % of the values fit ${name} (distance of the mixture 0.010): the rest is as it was`,
      `from a moment on values fit ${name} better than what they were`,
      `3 % of the values are within 1 … 2; with ${name} taken back 99 % are`,
    ];
    for (const detail of sentences) {
      const told = toldTransformation({ detail });
      expect(told?.name).toBe(name);
      for (const value of [0.25, 1, 7.5].filter((each) => domain?.(each) ?? true))
        expect(told!.undo(apply(value))).toBeCloseTo(value, 6);
    }
  },
);

it.each([
  ['every value is an old one × 1.21: another currency, tax, or a unit (1e9 times likelier)', 121, 100],
  ['97 % of the values is an old one ÷ 100, as 0.12, 0.4, and none had decimals', 1.5, 150],
  ['every value is an old one × 1,000, as 5000, and none is left as it was', 5_000, 5],
  ['98 % of the values are ÷ 10 those that 90 % of the rows had, and hardly any is left as it was', 0.3, 3],
  ['values fit a clock moved by -5 h, also of those past midnight (distance 0.01, untransformed 0.3)', 22, 3],
  ['values fit a clock moved by 3 h, also of those past midnight (distance 0.01, untransformed 0.3)', 1, 22],
])('factors and hours without a name are read, too: %s', (detail, now, before) => {
  expect(toldTransformation({ detail })?.undo(now)).toBeCloseTo(before, 9);
});

it.each(['missing in 40 % of the rows, before 1 %', '"DE" → "de" in 30 % of the rows', 'every value is 0'])(
  'what is no formula is none: %s',
  (detail) => expect(toldTransformation({ detail })).toBeNull(),
);
