/** Which columns are features, and how each is read: decided between the two passes over the file. */
import { UsageError } from '../../core/errors.ts';
import type { FeatureKind } from '../../core/table.ts';
import type { FileSummary } from './summary/column-summary.ts';
import { inferKind } from './feature-kinds.ts';
import type { Identifiers } from './identifiers.ts';
import type { ReadTableOptions, TableShape } from './table-options.ts';
import type { SourceColumn } from './source-column.ts';
import { listed, noSuchColumn } from './special-columns.ts';

export interface PlannedFeature {
  readonly column: SourceColumn;
  readonly kind: FeatureKind;
  /** Text is invalid in it even when it reads as a number. */
  readonly strict: boolean;
  /** A number, but 1 and 0 only: True and False are such numbers, too. */
  readonly isFlag: boolean;
  /** Every text the reference has in it, where these are few. */
  readonly texts?: readonly string[];
}

export interface FeaturePlan {
  readonly features: readonly PlannedFeature[];
  readonly textNumbers: ReadonlySet<string>;
  readonly flags: ReadonlySet<string>;
  readonly leftOut: ReadonlySet<string>;
  readonly leftOutBecause: NonNullable<TableShape['leftOutBecause']>;
  readonly texts: NonNullable<TableShape['texts']>;
  readonly notes: readonly string[];
}

/** What the caller calls a feature, or the reference had as one, is one whatever its name. */
export function namedFeatures({
  like,
  features,
  exclude,
  numeric,
  categorical,
  boolean,
}: ReadTableOptions): Set<string> {
  if (like !== undefined) return new Set(like.kinds.keys());
  return new Set([features, exclude, numeric, categorical, boolean].flatMap((names) => names ?? []));
}

export function planFeatures(
  path: string,
  others: readonly SourceColumn[],
  summary: FileSummary,
  identifiers: Identifiers,
  options: ReadTableOptions,
): FeaturePlan {
  return options.like === undefined
    ? inferFeatures(path, others, summary, identifiers, options)
    : featuresLike(others, options.like);
}

function inferFeatures(
  path: string,
  others: readonly SourceColumn[],
  summary: FileSummary,
  identifiers: Identifiers,
  options: ReadTableOptions,
): FeaturePlan {
  const named = new Set(
    [options.features, options.numeric, options.categorical, options.boolean].flatMap((names) => names ?? []),
  );
  const chosen = chooseFeatures(path, others, options);
  const overrides = {
    numeric: new Set(options.numeric),
    categorical: new Set(options.categorical),
    boolean: new Set(options.boolean),
  };
  expectKnown(
    path,
    Object.values(overrides).flatMap((names) => [...names]),
    others,
  );
  const both = [...overrides.numeric].find((name) => overrides.categorical.has(name));
  if (both !== undefined) {
    throw new UsageError(`column ${both} is declared both numeric and categorical`, {
      fix: 'Declare one of them.',
    });
  }
  const features: PlannedFeature[] = [];
  const textNumbers = new Set<string>();
  const flags = new Set<string>();
  const texts = new Map<string, readonly string[]>();
  const notes: string[] = [];
  const leftOutBecause = new Map<string, { role: 'identifier' | 'doubtful'; why: string }>();
  for (const column of chosen) {
    const counted = summary.columns.get(column);
    if (counted === undefined) throw new Error(`column ${column.name} was not looked at`);
    const kind = inferKind(column, counted, overrides);
    if (typeof kind !== 'string') {
      notes.push(`${column.name} is left out: it ${kind.leftOut}`);
      leftOutBecause.set(column.name, { role: 'doubtful', why: kind.leftOut });
      continue;
    }
    const identifier = identifiers.get(column);
    if (identifier !== undefined && !named.has(column.name)) {
      notes.push(
        `${column.name} ${identifier}: an identifier, left out (--numeric or --categorical keeps it)`,
      );
      leftOutBecause.set(column.name, { role: 'identifier', why: identifier });
      continue;
    }
    if (kind === 'numeric' && (column.untyped || counted.textNumbers > 0)) textNumbers.add(column.name);
    const isFlag = kind === 'numeric' && counted.present > 0 && counted.flags === counted.numbers;
    if (isFlag) flags.add(column.name);
    const known = kind === 'categorical' ? counted.texts : undefined;
    if (known !== undefined) texts.set(column.name, known);
    features.push({ column, kind, strict: false, isFlag, ...(known !== undefined && { texts: known }) });
  }
  const taken = new Set(features.map(({ column }) => column.name));
  const leftOut = others.map(({ name }) => name).filter((name) => !taken.has(name));
  return { features, textNumbers, flags, leftOut: new Set(leftOut), leftOutBecause, texts, notes };
}

function chooseFeatures(
  path: string,
  others: readonly SourceColumn[],
  { features, exclude }: ReadTableOptions,
): readonly SourceColumn[] {
  expectKnown(path, [...(features ?? []), ...(exclude ?? [])], others);
  const excluded = new Set(exclude);
  const byName = new Map(others.map((column) => [column.name, column]));
  const wanted = features === undefined ? others : new Set(features.map((name) => byName.get(name)));
  return [...wanted].filter((column) => column !== undefined && !excluded.has(column.name)) as SourceColumn[];
}

function expectKnown(path: string, names: readonly string[], others: readonly SourceColumn[]): void {
  const known = new Set(others.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw noSuchColumn(path, unknown, known);
}

function featuresLike(
  others: readonly SourceColumn[],
  like: NonNullable<ReadTableOptions['like']>,
): FeaturePlan {
  const byName = new Map(others.map((column) => [column.name, column]));
  const features: PlannedFeature[] = [];
  const absent: string[] = [];
  for (const [name, kind] of like.kinds) {
    const column = byName.get(name);
    if (column === undefined) absent.push(name);
    else {
      const strict = !column.untyped && !like.textNumbers.has(name);
      const known = like.texts?.get(name);
      features.push({
        column,
        kind,
        strict,
        isFlag: like.flags.has(name),
        ...(known !== undefined && column.type === 'text' && { texts: known }),
      });
    }
    byName.delete(name);
  }
  const notes: string[] = [];
  if (absent.length > 0) notes.push(`not in the file, so missing in every row: ${listed(absent)}`);
  const unknown = [...byName.keys()].filter((name) => !like.leftOut.has(name));
  if (unknown.length > 0) notes.push(`not in the reference, so not compared: ${listed(unknown)}`);
  const { textNumbers, flags, leftOut, leftOutBecause = new Map(), texts = new Map() } = like;
  return { features, textNumbers, flags, leftOut, leftOutBecause, texts, notes };
}
