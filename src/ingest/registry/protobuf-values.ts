import type protobuf from 'protobufjs';

/** Messages of Google's that stand for one value. */
const WRAPPER = /^\.google\.protobuf\.(?:Double|Float|U?Int(?:32|64)|Bool|String|Bytes)Value$/;
const MILLIS_PER_SECOND = 1_000;
const NANOS_PER_MILLI = 1_000_000;

/**
 * A decoded message as plain values: enums by name, 64-bit numbers exactly, wrappers as what they wrap, timestamps
 * in ISO 8601. A field with presence that was not sent is absent; one without has its default, which is never sent.
 */
export function plainMessage(message: object, type: protobuf.Type): unknown {
  const fields = message as Readonly<Record<string, unknown>>;
  const { fullName } = type;
  if (fullName === '.google.protobuf.Timestamp') return isoTime(fields);
  if (WRAPPER.test(fullName)) return plainScalar(fields['value']);
  if (fullName === '.google.protobuf.Struct')
    return entriesOf(fields['fields'], (inner) => structValue(inner));
  if (fullName === '.google.protobuf.Value') return structValue(message);
  const plain = new Map<string, unknown>();
  for (const field of type.fieldsArray) {
    field.resolve();
    if (!Object.hasOwn(fields, field.name) && hasPresence(field)) continue;
    plain.set(field.name, fieldValue(fields[field.name], field));
  }
  return Object.fromEntries(plain);
}

function hasPresence(field: protobuf.Field): boolean {
  return field.partOf !== null || (!field.repeated && !field.map && isMessage(field.resolvedType));
}

function fieldValue(value: unknown, field: protobuf.Field): unknown {
  const one = (inner: unknown): unknown => {
    const type = field.resolvedType;
    if (isMessage(type)) return plainMessage(inner as object, type);
    // An enum by its number, when its name is not in this version of the file.
    if (type !== null) return type.valuesById[inner as number] ?? inner;
    return plainScalar(inner);
  };
  if (field.map) return entriesOf(value, one);
  if (field.repeated) return (value as unknown[]).map(one);
  return one(value);
}

function isMessage(type: protobuf.Type | protobuf.Enum | null): type is protobuf.Type {
  return type !== null && 'fieldsArray' in type;
}

function entriesOf(value: unknown, one: (inner: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, inner]) => [name, one(inner)]));
}

function plainScalar(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('toNumber' in value)) return value;
  const long = value as { toNumber(): number; toString(): string };
  const number = long.toNumber();
  return Number.isSafeInteger(number) ? number : BigInt(long.toString());
}

function isoTime(fields: Readonly<Record<string, unknown>>): string | number {
  const seconds = Number(plainScalar(fields['seconds'] ?? 0));
  const timestampMs =
    seconds * MILLIS_PER_SECOND + Math.floor(Number(fields['nanos'] ?? 0) / NANOS_PER_MILLI);
  const time = new Date(timestampMs);
  return Number.isNaN(time.getTime()) ? timestampMs : time.toISOString();
}

function structValue(value: unknown): unknown {
  const fields = value as Readonly<Record<string, unknown>>;
  for (const kind of [
    'numberValue',
    'stringValue',
    'boolValue',
    'number_value',
    'string_value',
    'bool_value',
  ]) {
    if (Object.hasOwn(fields, kind)) return fields[kind];
  }
  const struct = fields['structValue'] ?? fields['struct_value'];
  if (struct !== undefined && struct !== null) {
    return entriesOf((struct as Readonly<Record<string, unknown>>)['fields'], structValue);
  }
  const list = fields['listValue'] ?? fields['list_value'];
  if (list !== undefined && list !== null) {
    return ((list as Readonly<Record<string, unknown>>)['values'] as unknown[]).map(structValue);
  }
  return null;
}
