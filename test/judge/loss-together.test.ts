import { expect, test } from 'vitest';
import { isLossBack, windowsOfLoss } from '../../src/judge/loss-together.ts';
import type { Success } from '../../src/judge/loss-together.ts';
import { draws } from '../../src/simulate/draws.ts';
import { normalTwoSided } from '../../src/stats/distributions.ts';

/** A window whose accuracy is so many standard errors below the reference's. */
function window(worse: number): Success {
  const accuracy = {
    reference: 0.8,
    current: 0.8 - 0.01 * worse,
    interval: null,
    p_value: normalTwoSided(worse),
  };
  return { metrics: { accuracy } };
}

test('a little in each of several windows is worth a look, and nothing is not', () => {
  const lasting = [0.2, -0.4, 0.1, 1.4, 0.9, 1.6, 1.2].map(window);
  expect(windowsOfLoss(lasting)).toBe(4);
  expect(windowsOfLoss([0.2, -0.4, 0.1, 0.8, -0.3, 0.5].map(window))).toBeNull();
  expect(windowsOfLoss([window(4)])).toBeNull();
});

test('what became better is none, and a window without labels ends what is looked at', () => {
  expect(windowsOfLoss([-1.4, -1.6, -1.9, -1.5].map(window))).toBeNull();
  expect(windowsOfLoss([window(2), window(2), null, window(1)])).toBeNull();
});

test('it does not go on for long after it ended', () => {
  const changed = Array.from({ length: 10 }, () => window(1));
  const clean = Array.from({ length: 16 }, () => window(0));
  const looked = clean.map((_, i) => windowsOfLoss([...changed, ...clean.slice(0, i + 1)]) !== null);
  expect(looked.slice(0, 4)).toContain(true);
  expect(looked.slice(11)).not.toContain(true);
});

test('of a model that is as good as it was some two windows of a hundred are looked at', () => {
  const draw = draws(5);
  const windows = Array.from({ length: 2_000 }, () => window(draw.normal()));
  const looked = windows.filter((_, i) => windowsOfLoss(windows.slice(Math.max(0, i - 31), i + 1)) !== null);
  expect(looked.length).toBeGreaterThan(10);
  expect(looked.length).toBeLessThan(80);
});

test('what several windows together lost is over when as many bound it, not because two of them lost less', () => {
  const away = [1.8, 2.1, 1.5].map(window);
  expect(isLossBack(away, [0.8, 0.9].map(window))).toBe(false);
  expect(isLossBack(away, [])).toBe(false);
  expect(isLossBack(away, [0.1, -0.2, 0.3, -0.1, 0.2].map(window))).toBe(true);
  expect(isLossBack([0.3, 1.1].map(window), [])).toBe(true);
});

test('labels that come a little more often in each of several windows are worth a look, though the model is as good as ever', () => {
  const labels = (p: number): Success => ({ ...window(-0.5)!, labels: p });
  expect(windowsOfLoss([0.4, 0.6, 0.03, 0.01, 0.02, 0.04].map(labels))).toBe(4);
  expect(windowsOfLoss([0.4, 0.6, 0.8, 0.3, 0.7, 1].map(labels))).toBeNull();
});
