/** Three figures are enough to compare by: `0.871`, `1.2e+6`. */
export function amount(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** `45 s`, `12 min`, `3.5 h` */
export function elapsedText(seconds: number): string {
  if (seconds < 90) return `${amount(seconds)} s`;
  return seconds < 5_400 ? `${amount(seconds / 60)} min` : `${amount(seconds / 3_600)} h`;
}
