import { type Html, html } from '../../words/html.ts';
import { LIGHT_COLOURS } from '../../words/tokens.ts';

/** In the pixels of the mail; the picture has twice as many. */
export const CHART_WIDTH_PX = 440;
export const CHART_FONT = 'Inter';
/** Letters that a phone, which shows the picture at three quarters, still shows at ten pixels. */
export const LETTERS_PX = 14;
/** From the middle of a line of letters down to what they stand on. */
const HALF_LETTER_PX = 5;

const { ink: INK, card: GROUND } = LIGHT_COLOURS;

interface Lettering {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
  /** Letters stay readable where a line runs behind them. */
  readonly halo?: boolean;
}

/** Letters whose middle is at a height. */
export function lettering(x: number, middleY: number, said: string, look: Lettering = {}): Html {
  const { anchor = 'start', colour = INK, halo = false } = look;
  const around = halo ? html` stroke="${GROUND}" stroke-width="4" paint-order="stroke"` : null;
  return html`<text
    x="${round(x)}"
    y="${round(middleY + HALF_LETTER_PX)}"
    text-anchor="${anchor}"
    fill="${colour}"
    ${around}
    >${said}</text
  >`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Widths of the font's letters, in letters' heights; from above, so that what is kept free is enough. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[iljI.,:;|!'` ]/, 0.34],
  [/[ftr()[\]{}/\\-]/, 0.42],
  [/[mwMW@%…→≤≥–]/, 1.03],
  [/[A-Z0-9_&#+=<>~$]/, 0.7],
  [/[\u0020-\u00ff]/, 0.64],
];

/** How wide letters are, about and at most. */
export function widthOf(said: string): number {
  const width = (letter: string): number => WIDTHS.find(([some]) => some.test(letter))?.[1] ?? 0.8;
  return LETTERS_PX * Array.from(said).reduce((sum, letter) => sum + width(letter), 0);
}
