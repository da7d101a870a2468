const UNITS = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const;
type Unit = keyof typeof UNITS;

const BYTE_SIZE_PATTERN = /^(\d{1,6}(?:\.\d{1,3})?) ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/;
export const BYTE_SIZE_FORMAT = 'a size: a number and a unit (B, kB, MB, GB, KiB, MiB, GiB), such as 120MB';

/**
 * Bytes of a size as people write it; null for what is none.
 *
 * @example byteSize('120MB') // 120000000
 */
export function byteSize(text: string): number | null {
  const match = BYTE_SIZE_PATTERN.exec(text.trim());
  return match === null ? null : Math.round(Number(match[1]) * UNITS[match[2] as Unit]);
}

/**
 * Three digits in the largest decimal unit that fits.
 *
 * @example byteSizeText(120_400_000) // '120 MB'
 */
export function byteSizeText(bytes: number): string {
  for (const unit of ['TB', 'GB', 'MB', 'kB'] as const) {
    if (bytes >= UNITS[unit]) return `${Number((bytes / UNITS[unit]).toPrecision(3))} ${unit}`;
  }
  return `${bytes} B`;
}
