import { expect, test } from 'vitest';
import type { Maturity } from '../../src/core/findings.ts';
import { labelLine } from '../../src/words/label-line.ts';

const maturity: Maturity = {
  labelled_share: 0.62,
  expected_share: 0.9,
  expected_interval: [0.85, 0.94],
  expected_labels: 280,
  state: 'provisional',
  reason: 'labels_expected',
  arrival_bias: {
    tested: true,
    biased: false,
    p_value: 0.4,
    feature: 'age',
    distance: 0.02,
    rows: { labelled: 620, unlabelled: 380 },
    reason: 'no_difference',
  },
};

test('says how far labels are in, and only what is known', () => {
  expect(labelLine(null)).toBeNull();
  expect(labelLine(maturity)).toBe('62 % labelled, 90 % expected, provisional');
  expect(labelLine({ ...maturity, expected_share: null, state: 'mature' })).toBe('62 % labelled');
  const biased = { ...maturity.arrival_bias, biased: true };
  expect(labelLine({ ...maturity, state: 'mature', arrival_bias: biased })).toBe(
    '62 % labelled, 90 % expected, labels differ from the rest in age',
  );
});
