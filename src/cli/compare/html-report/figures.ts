/** How figures are written in the report. */

/** Three digits that say something, whatever the size. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value.toLocaleString('en');
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** PSI, as the terminal shows it. */
export function psiFigure(psi: number | undefined): string {
  return psi === undefined ? '–' : psi.toFixed(3);
}

export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1 %';
  if (share < 1 && share > 0.995) return '>99 %';
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

export function probability(p: number | null | undefined): string {
  if (p === null || p === undefined) return '–';
  if (p < 1e-99) return '<1e-99';
  return p < 1e-3 ? p.toExponential(0) : p.toFixed(3);
}
