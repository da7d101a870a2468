import { paintSvg } from './paint-svg.ts';
import { saveBlob } from './save-table.ts';

/** Twice as fine as on screen. */
const FINENESS = 2;

/** Saves the drawings within an element as one PNG, as they stand on screen, on the page's ground. */
export async function savePicture(name: string, holder: HTMLElement): Promise<void> {
  const box = holder.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(box.width * FINENESS);
  canvas.height = Math.ceil(box.height * FINENESS);
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.fillStyle = getComputedStyle(document.body).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  for (const drawing of holder.querySelectorAll<HTMLCanvasElement | SVGSVGElement>('canvas, svg')) {
    const own = drawing.getBoundingClientRect();
    const picture = drawing instanceof HTMLCanvasElement ? drawing : painted(drawing, own);
    const [left, top] = [own.left - box.left, own.top - box.top];
    pen.drawImage(picture, left * FINENESS, top * FINENESS, own.width * FINENESS, own.height * FINENESS);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) saveBlob(name, blob);
}

function painted(svg: SVGSVGElement, { width, height }: DOMRect): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.ceil(width * FINENESS));
  canvas.height = Math.max(1, Math.ceil(height * FINENESS));
  const pen = canvas.getContext('2d');
  if (pen !== null) paintSvg(svg, pen, FINENESS);
  return canvas;
}
