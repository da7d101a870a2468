import type {
  FieldRule,
  LogMapping,
  NamedField,
  NamesRule,
  ScalarField,
} from '../core/events/log-mapping.ts';
import { NAMED_FIELDS, SCALAR_FIELDS } from '../core/events/log-mapping.ts';
import type { MessagePath } from '../core/events/message-path.ts';
import { parseMessagePath } from '../core/events/message-path.ts';
import type { MappingEntry, NamesSource } from './schema/log-format.ts';
import { sourceKind } from './schema/log-format.ts';

type FieldEntry = NonNullable<MappingEntry['model']>;
type NamedEntry = NonNullable<MappingEntry['features']>;

/** Expects an entry that has passed the schema. */
export function resolveMapping(name: string, entry: MappingEntry): LogMapping {
  const fields = new Map<ScalarField, FieldRule>();
  for (const field of SCALAR_FIELDS) {
    const given = entry[field];
    if (given !== undefined) fields.set(field, fieldRule(given));
  }
  const named = new Map<NamedField, readonly NamesRule[]>();
  for (const field of NAMED_FIELDS) {
    const given = entry[field];
    if (given !== undefined) named.set(field, namesRules(given));
  }
  return {
    name,
    parseJson: entry.parse_json.map(path),
    when:
      entry.when === undefined
        ? null
        : { path: path(entry.when.path), in: new Set(entry.when.in.map(String)) },
    each: entry.each === undefined ? null : path(entry.each),
    fields,
    named,
  };
}

function path(text: string): MessagePath {
  const parsed = parseMessagePath(text);
  if (!parsed.ok) throw new Error(`the path ${text} was resolved without having been checked`);
  return parsed.value;
}

function fieldRule(entry: FieldEntry): FieldRule {
  if (typeof entry === 'string') {
    return { path: path(entry), as: null, unit: null, values: null, fallback: undefined };
  }
  return {
    path: entry.path === undefined ? null : path(entry.path),
    as: entry.as ?? null,
    unit: entry.unit ?? null,
    values: entry.values === undefined ? null : new Map(Object.entries(entry.values)),
    fallback: entry.path === undefined ? entry.const : entry.default,
  };
}

function namesRules(entry: NamedEntry): NamesRule[] {
  if (typeof entry !== 'string') return entry.map(namesRule);
  return [{ kind: 'object', path: path(entry), only: null, except: new Set(), prefix: '' }];
}

function namesRule(source: NamesSource): NamesRule {
  const { object, names, values, list, name, value, only, except, prefix } = source;
  switch (sourceKind(source)) {
    case 0:
      return {
        kind: 'object',
        path: path(object ?? ''),
        only: only === undefined ? null : new Set(only),
        except: new Set(except),
        prefix: prefix ?? '',
      };
    case 1:
      return {
        kind: 'arrays',
        names: typeof names === 'string' ? path(names) : (names ?? []),
        values: path(typeof values === 'string' ? values : ''),
      };
    case 2:
      return { kind: 'list', path: path(list ?? ''), name: name ?? '', value: value ?? '' };
    default: {
      const { path: from, const: constant, as, unit, default: fallback } = source;
      const rule = { path: from, const: constant, as, unit, default: fallback };
      return {
        kind: 'one',
        name: name ?? '',
        rule: fieldRule({ ...rule, values: typeof values === 'object' ? values : undefined }),
      };
    }
  }
}
