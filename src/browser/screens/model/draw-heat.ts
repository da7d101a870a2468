import { type HeatColumn, HEAT_STEPS, heatStep } from '../../../picture/heat.ts';
import type { ModelHeatmap } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';

export interface HeatPicture {
  readonly features: ModelHeatmap['features'];
  readonly columns: readonly HeatColumn[];
  readonly widthPx: number;
  readonly rowPx: number;
  /** Names stand in the picture, too: a saved one has nothing beside it. */
  readonly namesPx: number;
}

/** Beyond this browsers draw nothing. */
const LARGEST_PX = 16_000;
const GAP_PX = 1;
/** Narrower cells have no sides: they would be nothing else. */
const WIDE_ENOUGH_FOR_SIDES_PX = 5;

interface Colours {
  readonly steps: readonly string[];
  readonly ink: string;
  readonly ground: string;
  readonly soft: string;
}

function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    steps: HEAT_STEPS.map((_, at) => colour(`heat-${at}`)),
    ink: colour('ink'),
    ground: colour('card'),
    soft: colour('soft'),
  };
}

/** Draws all cells: eighty thousand take some tens of milliseconds. */
export function drawHeat(canvas: HTMLCanvasElement, picture: HeatPicture): void {
  const { features, widthPx, rowPx } = picture;
  const heightPx = Math.max(1, features.length * rowPx);
  const wanted = globalThis.devicePixelRatio || 1;
  const fineness = heightPx * wanted > LARGEST_PX ? 1 : wanted;
  canvas.width = Math.round(widthPx * fineness);
  canvas.height = Math.round(heightPx * fineness);
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  const colours = coloursOf(canvas);
  pen.setTransform(fineness, 0, 0, fineness, 0, 0);
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, widthPx, heightPx);
  for (const [row, feature] of features.entries()) drawRow(pen, picture, colours, row, feature);
}

function drawRow(
  pen: CanvasRenderingContext2D,
  { columns, rowPx, namesPx }: HeatPicture,
  colours: Colours,
  row: number,
  feature: HeatPicture['features'][number],
): void {
  const y = row * rowPx;
  pen.fillStyle = colours.ink;
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  pen.fillText(displayText(feature.name), 0, y + rowPx / 2, Math.max(1, namesPx - 8));
  for (const [at, column] of columns.entries()) {
    const state = feature.states[at] ?? '.';
    const gap = column.width > 3 ? GAP_PX : 0;
    const box = { x: column.x, y, width: column.width - gap, height: rowPx - GAP_PX };
    const step = heatStep((feature.effects[at] ?? 0) / 1_000);
    if (state === '.') outline(pen, box, colours.soft);
    else if (state === 'i') dotted(pen, box, colours.soft);
    else drawCell(pen, box, { state, fill: colours.steps[step] ?? colours.ground });
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawCell(
  pen: CanvasRenderingContext2D,
  box: Box,
  { state, fill }: { state: string; fill: string },
): void {
  pen.fillStyle = fill;
  pen.fillRect(box.x, box.y, box.width, box.height);
  const mark = isLight(fill) ? '#000' : '#fff';
  if (state === 'f' || state === 'b') hatched(pen, box, mark);
  if (state === 'a' || state === 'b') {
    pen.fillStyle = mark;
    pen.beginPath();
    const radius = Math.max(1, Math.min(3, box.width / 3));
    pen.arc(box.x + box.width / 2, box.y + box.height / 2, radius, 0, 2 * Math.PI);
    pen.fill();
  }
}

function outline(pen: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.5;
  pen.lineWidth = 1;
  if (width >= WIDE_ENOUGH_FOR_SIDES_PX) pen.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  else {
    pen.beginPath();
    for (const edge of [y + 0.5, y + height - 0.5]) {
      pen.moveTo(x, edge);
      pen.lineTo(x + width, edge);
    }
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function dotted(pen: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  pen.fillStyle = colour;
  for (let down = 2; down < height; down += 4) {
    for (let across = 1; across < Math.max(2, width); across += 4)
      pen.fillRect(x + across, y + down, 1.2, 1.2);
  }
}

function hatched(pen: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (let from = -height; from < width; from += 4) {
    pen.moveTo(x + from, y + height);
    pen.lineTo(x + from + height, y);
  }
  pen.stroke();
  pen.restore();
}

/** Of `#rrggbb`. */
function isLight(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 120;
}
