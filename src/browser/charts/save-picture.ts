import { saveBlob } from './save-table.ts';

/** Twice as fine as on screen. */
const FINENESS = 2;
/** What a drawing takes from the style sheet, which a picture does not have. */
const STYLED = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'color',
  'paint-order',
  'text-anchor',
];

/** Saves the first drawing within an element as PNG, on the page's ground. */
export async function savePicture(name: string, holder: HTMLElement): Promise<void> {
  const canvas = holder.querySelector('canvas');
  const blob = canvas === null ? await drawn(holder) : await blobOf(canvas);
  if (blob !== null) saveBlob(name, blob);
}

async function drawn(holder: HTMLElement): Promise<Blob | null> {
  const svg = holder.querySelector('svg');
  if (svg === null) return null;
  const { width, height } = svg.getBoundingClientRect();
  const image = new Image();
  const url = URL.createObjectURL(new Blob([textOf(svg, width, height)], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * FINENESS);
    canvas.height = Math.ceil(height * FINENESS);
    const pen = canvas.getContext('2d');
    if (pen === null) return null;
    pen.fillStyle = getComputedStyle(document.body).backgroundColor;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await blobOf(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function textOf(svg: SVGSVGElement, width: number, height: number): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const originals = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, at) => {
    const original = originals[at];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const name of STYLED) element.setAttribute(name, style.getPropertyValue(name));
  });
  return new XMLSerializer().serializeToString(copy);
}

async function blobOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
