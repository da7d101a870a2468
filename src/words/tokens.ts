/**
 * The one palette and scale of everything that is looked at: dashboard, script-free page, report and mail. Text on its
 * ground has 4.5:1 in both schemes (`test/words/tokens.test.ts` computes it); no colour says anything alone.
 */
export const VERDICT_STYLES = ['ok', 'covariate', 'label', 'concept', 'fault', 'mixed', 'none'] as const;
export type VerdictStyle = (typeof VERDICT_STYLES)[number];

/** Where style sheets are dropped (mails, pictures in them) these stand as they are. */
export const LIGHT_COLOURS = {
  ground: '#f6f7f9',
  card: '#ffffff',
  line: '#dfe3e8',
  edge: '#7b8794',
  ink: '#16202b',
  soft: '#566373',
  link: '#0b57c4',
  focus: '#0b57c4',
  reference: '#7d8996',
  current: '#0b57c4',
  ok: '#e4efe6',
  'ok-ink': '#22623a',
  covariate: '#cfe2fb',
  'covariate-ink': '#0c4a94',
  label: '#e6dafb',
  'label-ink': '#5a2ba0',
  concept: '#fbd5d0',
  'concept-ink': '#9c1c10',
  fault: '#fae3b4',
  'fault-ink': '#754a00',
  mixed: '#f7d3ea',
  'mixed-ink': '#8d1763',
  none: '#eceff2',
  'none-ink': '#566373',
  'heat-0': '#fbf3c4',
  'heat-1': '#e8d777',
  'heat-2': '#c3b369',
  'heat-3': '#8a8678',
  'heat-4': '#575d6d',
  'heat-5': '#2a3f6d',
  'heat-6': '#00224e',
} as const;

type Colours = Readonly<Record<keyof typeof LIGHT_COLOURS, string>>;

/** As the light ones; the steps of heat grow from the ground of each, told apart by lightness alone (after cividis). */
export const DARK_COLOURS: Colours = {
  ground: '#0f141a',
  card: '#182029',
  line: '#2b3642',
  edge: '#77848f',
  ink: '#e7ecf1',
  soft: '#9aa8b6',
  link: '#7fb4ff',
  focus: '#7fb4ff',
  reference: '#7a8794',
  current: '#7fb4ff',
  ok: '#1c3325',
  'ok-ink': '#8fd6a6',
  covariate: '#173a63',
  'covariate-ink': '#a9cffb',
  label: '#38255e',
  'label-ink': '#cfb7fa',
  concept: '#5c1d18',
  'concept-ink': '#ffb9b0',
  fault: '#523a0c',
  'fault-ink': '#f7cf7c',
  mixed: '#541c40',
  'mixed-ink': '#f6aedb',
  none: '#232d37',
  'none-ink': '#9aa8b6',
  'heat-0': '#1f3768',
  'heat-1': '#3b4a70',
  'heat-2': '#5f6472',
  'heat-3': '#8a8678',
  'heat-4': '#b8aa6e',
  'heat-5': '#e1cc55',
  'heat-6': '#fee838',
};

/** Sizes of type and space, in rem, each step about a quarter larger than the one before. */
export const SIZES: Readonly<Record<string, string>> = {
  'type-small': '.8rem',
  'type-body': '.9375rem',
  'type-lead': '1.0625rem',
  'type-title': '1.45rem',
  'space-1': '.25rem',
  'space-2': '.5rem',
  'space-3': '.75rem',
  'space-4': '1rem',
  'space-6': '1.5rem',
  radius: '8px',
  sans: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  mono: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
};

const properties = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

/**
 * CSS custom properties of both schemes: dark where the system asks for it, unless the document says `data-theme`; on
 * paper always light. A class of each verdict's style colours ground and ink.
 */
export function tokensCss(): string {
  const [light, dark] = [LIGHT_COLOURS, DARK_COLOURS].map(properties);
  return `:root{color-scheme:light;${light};${properties(SIZES)}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${dark}}}
:root[data-theme=light]{color-scheme:light;${light}}
@media screen{:root[data-theme=dark]{color-scheme:dark;${dark}}}
${VERDICT_STYLES.map((style) => `.${style}{background:var(--${style});color:var(--${style}-ink)}`).join('\n')}
.waiting{background:transparent;color:var(--soft);border:1px dashed var(--edge)}`;
}
/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How far two colours stand apart, from 1 to 21. @example contrast('#ffffff', '#000000') // 21 */
export function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}
