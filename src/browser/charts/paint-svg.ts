/** Of a drawing: what is painted, from the back to the front. */
const PAINTED = 'rect, line, path, circle, polyline, text';

/**
 * Paints a drawing on a canvas as it stands on screen, shape by shape: an image made of its text would need addresses that
 * the page's policy does not allow. Knows what our charts draw: rectangles, lines, paths, circles, texts, and patterns of one path.
 */
export function paintSvg(svg: SVGSVGElement, pen: CanvasRenderingContext2D, fineness: number): void {
  const origin = svg.getBoundingClientRect();
  for (const element of svg.querySelectorAll<SVGGraphicsElement>(PAINTED)) {
    if (element.closest('defs, pattern') !== null) continue;
    const place = element.getScreenCTM();
    if (place === null) continue;
    const { a, b, c, d, e, f } = place;
    pen.setTransform(
      ...([a, b, c, d, e - origin.left, f - origin.top].map((each) => each * fineness) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]),
    );
    paintOne(element, pen, svg);
  }
}

function paintOne(element: SVGGraphicsElement, pen: CanvasRenderingContext2D, svg: SVGSVGElement): void {
  const style = getComputedStyle(element);
  if (style.visibility === 'hidden' || style.display === 'none') return;
  const opacity = opacityWithin(element, svg);
  const isText = element instanceof SVGTextElement;
  const outline = isText ? null : outlineOf(element);
  if (isText) prepareText(style, pen);
  const fill = (): void => {
    const paint = paintOf(style.fill, svg, pen);
    if (paint === null) return;
    pen.fillStyle = paint;
    pen.globalAlpha = opacity * Number(style.fillOpacity);
    if (outline === null) eachWord(element, (text, x, y) => pen.fillText(text, x, y));
    else pen.fill(outline);
  };
  const stroke = (): void => {
    const paint = paintOf(style.stroke, svg, pen);
    if (paint === null) return;
    pen.strokeStyle = paint;
    pen.globalAlpha = opacity * Number(style.strokeOpacity);
    prepareStroke(style, pen);
    if (outline === null) eachWord(element, (text, x, y) => pen.strokeText(text, x, y));
    else pen.stroke(outline);
  };
  const order = style.paintOrder.startsWith('stroke') ? [stroke, fill] : [fill, stroke];
  for (const paint of order) paint();
}

const lengthOf = (element: Element, name: string): number =>
  Number.parseFloat(element.getAttribute(name) ?? '0') || 0;

function outlineOf(element: SVGGraphicsElement): Path2D {
  const at = (name: string): number => lengthOf(element, name);
  const outline = new Path2D(element.getAttribute('d') ?? '');
  if (element instanceof SVGRectElement) outline.rect(at('x'), at('y'), at('width'), at('height'));
  else if (element instanceof SVGCircleElement) outline.arc(at('cx'), at('cy'), at('r'), 0, 2 * Math.PI);
  else if (element instanceof SVGLineElement) {
    outline.moveTo(at('x1'), at('y1'));
    outline.lineTo(at('x2'), at('y2'));
  } else if (element instanceof SVGPolylineElement) {
    for (const { x, y } of element.points) outline.lineTo(x, y);
  }
  return outline;
}

function prepareText(style: CSSStyleDeclaration, pen: CanvasRenderingContext2D): void {
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  pen.textAlign =
    ({ middle: 'center', end: 'right' } as const)[style.textAnchor as 'middle' | 'end'] ?? 'left';
}

function eachWord(element: Element, write: (text: string, x: number, y: number) => void): void {
  write(element.textContent, lengthOf(element, 'x'), lengthOf(element, 'y'));
}

function prepareStroke(style: CSSStyleDeclaration, pen: CanvasRenderingContext2D): void {
  pen.lineWidth = Number.parseFloat(style.strokeWidth) || 1;
  pen.lineCap = style.strokeLinecap as CanvasLineCap;
  pen.lineJoin = style.strokeLinejoin as CanvasLineJoin;
  const dashes =
    style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(/[ ,]+/).map(Number.parseFloat);
  pen.setLineDash(dashes.filter(Number.isFinite));
}

/** Its own, times that of the groups it is in. */
function opacityWithin(element: Element, svg: SVGSVGElement): number {
  let opacity = 1;
  for (let each: Element | null = element; each !== null && each !== svg; each = each.parentElement) {
    opacity *= Number(getComputedStyle(each).opacity);
  }
  return opacity;
}

/** Null: it is not painted. */
function paintOf(
  value: string,
  svg: SVGSVGElement,
  pen: CanvasRenderingContext2D,
): string | CanvasPattern | null {
  if (value === 'none' || value === 'transparent' || value === '') return null;
  const id = /^url\(["']?#([^"')]+)/.exec(value)?.[1];
  if (id === undefined) return value;
  const pattern = svg.ownerDocument.getElementById(id);
  return pattern === null ? null : patternOf(pattern, pen);
}

function patternOf(pattern: Element, pen: CanvasRenderingContext2D): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = lengthOf(pattern, 'width');
  tile.height = lengthOf(pattern, 'height');
  const own = tile.getContext('2d');
  const line = pattern.querySelector('path');
  if (own === null || line === null || tile.width === 0) return null;
  const style = getComputedStyle(line);
  own.strokeStyle = style.stroke;
  own.globalAlpha = Number(style.opacity);
  prepareStroke(style, own);
  own.stroke(new Path2D(line.getAttribute('d') ?? ''));
  return pen.createPattern(tile, 'repeat');
}
