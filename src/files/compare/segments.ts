import { classLabel } from '../../core/columns/class-label.ts';
import { UserError } from '../../core/errors.ts';
import { RARE } from '../../core/privacy/rare.ts';
import { nearest } from '../../core/nearest.ts';
import type { Column } from '../../core/table.ts';
import type { ColumnReader } from '../../ingest/table/column-source.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import { MAX_SEGMENTS_PER_FEATURE } from '../../window/segments.ts';
import { splitByWindow } from './cut.ts';
import type { SegmentRows } from './cut.ts';
import { groupRows } from './timed-rows.ts';
import type { TimedRows } from './timed-rows.ts';

/** The groups of one feature: of each window, the rows of each group. */
export interface GroupedFeature {
  readonly feature: string;
  readonly windows: readonly (readonly { readonly group: string; readonly rows: Int32Array }[])[];
}

/** Groups are found as segments are; only the current rows matter. */
export function groupedFeatures(
  segments: readonly SegmentRows[],
  windowed: TimedRows | null,
): GroupedFeature[] {
  const named = segments.map(({ name, current }) => {
    const at = name.indexOf('=');
    const windows = windowed === null ? [current] : splitByWindow(current, windowed);
    return { feature: name.slice(0, at), group: name.slice(at + 1), windows };
  });
  return [...Map.groupBy(named, ({ feature }) => feature)].map(([feature, groups]) => ({
    feature,
    windows: Array.from({ length: windowed?.windows.length ?? 1 }, (_, window) =>
      groups.map(({ group, windows }) => ({ group, rows: windows[window] ?? new Int32Array(0) })),
    ),
  }));
}

/** As in the service: longer values are cut. */
const MAX_VALUE_LENGTH = 64;

/**
 * The rows of each segment on both sides. The fifty values with most rows in the reference have a segment each, and those it
 * does not have come behind them, by their rows in the current file; all others share `<feature>=other`; a row without a
 * value belongs to none. Values that fewer than `minCount` rows have on both sides share `<feature>=(rare)`. Which values of the reference are apart does not depend on the current file.
 *
 * @throws UserError when a name is no feature of the reference
 */
export async function segmentRows(
  reference: OpenTable,
  current: OpenTable,
  names: readonly string[],
  reader: ColumnReader,
  minCount = 1,
): Promise<SegmentRows[]> {
  const segments: SegmentRows[] = [];
  for (const name of new Set(names)) {
    const before = reference.features.get(name);
    if (before === undefined) throw noSuchFeature(name, reference);
    const now = current.features.get(name);
    segments.push(
      ...segmentsOf(
        name,
        (await reader.read(before)).column,
        now === undefined ? null : (await reader.read(now)).column,
        minCount,
      ),
    );
  }
  return segments;
}

function segmentsOf(name: string, before: Column, now: Column | null, minCount: number): SegmentRows[] {
  const rowsOf = new Map<string, { before: number; now: number }>();
  const values = (column: Column): string[] => valuesOf(column);
  const coded = (column: Column | null, side: 'before' | 'now'): { codes: Int32Array; texts: string[] } => {
    if (column === null) return { codes: new Int32Array(0), texts: [] };
    const texts = values(column);
    const codes = column.kind === 'numeric' ? numberCodes(column.values, texts) : column.codes;
    for (const code of codes) {
      const text = texts[code];
      if (text === undefined || text === '') continue;
      const rows = rowsOf.get(text) ?? { before: 0, now: 0 };
      rows[side] += 1;
      rowsOf.set(text, rows);
    }
    return { codes, texts };
  };
  const sides = [coded(before, 'before'), coded(now, 'now')] as const;
  const rank = ({ before: known, now: unknown }: { before: number; now: number }): [number, number] =>
    known > 0 ? [known, 0] : [0, unknown];
  const isRare = (text: string): boolean => {
    // True and false are nobody's.
    if (before.kind === 'boolean') return false;
    const rows = rowsOf.get(text) ?? { before: 0, now: 0 };
    return Math.max(rows.before, rows.now) < minCount;
  };
  const ranked = [...rowsOf]
    .filter(([text]) => !isRare(text))
    .map(([text, rows]) => ({ text, rows: rank(rows) }))
    .sort((a, b) => b.rows[0] - a.rows[0] || b.rows[1] - a.rows[1] || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text);
  const kept = ranked.slice(0, MAX_SEGMENTS_PER_FEATURE);
  const names = [
    ...kept,
    ...(ranked.length > kept.length ? ['other'] : []),
    ...(rowsOf.size > ranked.length ? [RARE] : []),
  ];
  const place = new Map(kept.map((text, at) => [text, at]));
  const [reference, current] = sides.map(({ codes, texts }) => {
    const groupOf = texts.map((text) => {
      if (text === '') return -1;
      return place.get(text) ?? (isRare(text) ? names.length - 1 : kept.length);
    });
    return groupRows(
      codes.map((code) => groupOf[code] ?? -1),
      names.length,
    );
  });
  return names.map((text, at) => ({
    name: `${name}=${text}`,
    reference: reference?.[at] ?? new Int32Array(0),
    current: current?.[at] ?? new Int32Array(0),
  }));
}

/** The values a column has, each as a segment spells it. */
function valuesOf(column: Column): string[] {
  const raw = column.kind === 'numeric' ? [...new Set(column.values)].filter(Number.isFinite) : column.levels;
  return raw.map((value) => classLabel(value).slice(0, MAX_VALUE_LENGTH).toWellFormed());
}

function numberCodes(values: Float64Array, texts: readonly string[]): Int32Array {
  const codeOf = new Map(texts.map((text, code) => [Number(text), code]));
  return Int32Array.from(values, (value) => codeOf.get(value) ?? -1);
}

function noSuchFeature(name: string, { path, features }: OpenTable): UserError {
  const near = nearest(name, features.keys());
  return new UserError(`${name} is not a feature of ${path}`, {
    fix:
      near === null
        ? `Segments are made of features: ${[...features.keys()].join(', ')}.`
        : `Did you mean ${near}?`,
  });
}
