import { expect, it } from 'vitest';
import { tokensCss } from '../../src/words/tokens.ts';

/** Colours of both schemes, as the style sheet says them. */
function paletteOf(theme: 'light' | 'dark'): Record<string, string> {
  const rule = new RegExp(`:root\\[data-theme=${theme}\\]\\{([^}]*)\\}`).exec(tokensCss())?.[1] ?? '';
  return Object.fromEntries(
    [...rule.matchAll(/--([\w-]+):(#[0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [name, hex]),
  );
}

const PALETTE = { light: paletteOf('light'), dark: paletteOf('dark') };

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const verdicts = ['ok', 'covariate', 'label', 'concept', 'fault', 'mixed', 'none'];

for (const [scheme, colours] of Object.entries(PALETTE)) {
  const colour = (name: string): string => colours[name] ?? '';

  it(`${scheme}: text has 4.5:1 on every ground that it stands on`, () => {
    for (const ground of ['ground', 'card']) {
      for (const ink of ['ink', 'soft', 'link', ...verdicts.map((name) => `${name}-ink`)]) {
        expect([ink, ground, contrast(colour(ink), colour(ground)) >= 4.5]).toEqual([ink, ground, true]);
      }
    }
    for (const name of verdicts) {
      expect([name, contrast(colour(`${name}-ink`), colour(name)) >= 4.5]).toEqual([name, true]);
    }
  });

  it(`${scheme}: edges of controls, curves and focus have 3:1`, () => {
    for (const name of ['edge', 'focus', 'current', 'reference']) {
      for (const ground of ['ground', 'card']) {
        expect([name, ground, contrast(colour(name), colour(ground)) >= 3]).toEqual([name, ground, true]);
      }
    }
  });
}

it('both schemes name the same colours', () => {
  expect(Object.keys(PALETTE.light).length).toBeGreaterThan(20);
  expect(Object.keys(PALETTE.dark)).toEqual(Object.keys(PALETTE.light));
});
