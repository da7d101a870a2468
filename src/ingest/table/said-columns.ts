/** What people say of columns, as a file is read: it stands above what cells look like, and below what the command line says. */
import { readAs, unknownColumns } from '../../core/columns/feature-settings.ts';
import type { FeatureSettings } from '../../core/columns/feature-settings.ts';
import type { FeatureKind } from '../../core/table.ts';
import { noSuchColumn } from './special-columns.ts';
import type { ReadTableOptions, TableShape } from './table-options.ts';

/** Kinds are read as they were said; an identifier is no feature. */
export function readAsSaid(read: ReadTableOptions, settings: FeatureSettings): ReadTableOptions {
  const flagged = new Set(
    [read.numeric, read.categorical, read.boolean, read.exclude].flatMap((names) => names ?? []),
  );
  const open = [...settings].filter(([name]) => !flagged.has(name));
  const ofKind = (kind: FeatureKind): string[] =>
    open.flatMap(([name, setting]) => (readAs(setting) === kind ? [name] : []));
  const identifiers = open.flatMap(([name, { kind }]) => (kind === 'identifier' ? [name] : []));
  const joined = (names: readonly string[] | undefined, more: readonly string[]): string[] => [
    ...(names ?? []),
    ...more,
  ];
  return {
    ...read,
    numeric: joined(read.numeric, ofKind('numeric')),
    categorical: joined(read.categorical, ofKind('categorical')),
    boolean: joined(read.boolean, ofKind('boolean')),
    exclude: joined(read.exclude, identifiers),
  };
}

/** @throws UserError for something said of a column that the file does not have, or has as no feature */
export function expectSaidColumns(
  path: string,
  settings: FeatureSettings,
  { kinds, leftOut }: Pick<TableShape, 'kinds' | 'leftOut'>,
): void {
  const known = new Set([...kinds.keys(), ...leftOut]);
  const [unknown] = unknownColumns(settings, known);
  if (unknown !== undefined) throw noSuchColumn(path, unknown.name, known);
}
