import { expect, it } from 'vitest';
import { contrast, DARK_COLOURS, LIGHT_COLOURS, tokensCss, VERDICT_STYLES } from '../../src/words/tokens.ts';

/** Colours of both schemes, as the style sheet says them. */
function paletteOf(theme: 'light' | 'dark'): Record<string, string> {
  const rule = new RegExp(`:root\\[data-theme=${theme}\\]\\{([^}]*)\\}`).exec(tokensCss())?.[1] ?? '';
  return Object.fromEntries(
    [...rule.matchAll(/--([\w-]+):(#[0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [name, hex]),
  );
}

const PALETTE = { light: paletteOf('light'), dark: paletteOf('dark') };

const verdicts = VERDICT_STYLES;

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

it('contrast is what others compute', () => {
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21);
  // The grey that is famous for nearly reaching it.
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

it('white has 4.5:1 on every ink, as on the bands of mails', () => {
  for (const name of verdicts)
    expect([name, contrast('#ffffff', LIGHT_COLOURS[`${name}-ink`]) >= 4.5]).toEqual([name, true]);
});

it('on paper there is only the light scheme', () => {
  const printed = tokensCss().replaceAll(/@media screen[^{]*\{[^}]*\}\}/g, '');
  expect(printed).toContain(`--ground:${LIGHT_COLOURS.ground}`);
  expect(printed).not.toContain(DARK_COLOURS.ground);
});

it('both schemes name the same colours', () => {
  expect(Object.keys(PALETTE.light).length).toBeGreaterThan(20);
  expect(Object.keys(PALETTE.dark)).toEqual(Object.keys(PALETTE.light));
});
