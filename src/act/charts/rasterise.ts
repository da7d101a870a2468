import { fileURLToPath } from 'node:url';
import { LIGHT_COLOURS } from '../../words/tokens.ts';
import { CHART_FONT } from './lettering.ts';

/** Sharp on screens with two pixels where others have one. */
const PIXEL_RATIO = 2;

/** SVG → PNG, on a thread of libuv's. The font comes with the program: machines differ, and servers often have none. */
export async function rasterise(svg: string, widthPx: number): Promise<Buffer> {
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg, {
    // Transparent pixels would put dark letters on a dark mail.
    background: LIGHT_COLOURS.card,
    fitTo: { mode: 'width', value: widthPx * PIXEL_RATIO },
    font: { loadSystemFonts: false, fontFiles: [fontFile()], defaultFontFamily: CHART_FONT },
  });
  return image.asPng();
}

function fontFile(): string {
  return fileURLToPath(import.meta.resolve('@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf'));
}
