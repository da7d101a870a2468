/** What an event may hold of one value. */
export type EventValue = string | number | boolean | null;

const LONGEST_ID = 512;
const LONGEST_NAME = 256;
const A_NAME = `text of 1 to ${LONGEST_NAME} characters, none of them a control character`;
const CONTROL = /\p{Cc}/u;
const EARLIEST_MS = 0;
const LATEST_MS = Date.UTC(2200);

/** ISO 8601, extended or basic, with or without a zone. */
const ISO =
  /^(?<date>\d{4}-?\d{2}-?\d{2})(?:[T ](?<hour>\d{2})(?::?(?<minute>\d{2})(?::?(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?)?\s*(?<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
/** What the service reads of it in an event: either form whole. Of the rest it makes a dead letter, long after the call. */
const IN_EVENTS = [
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,18})?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/i,
  /^\d{8}(?:T\d{4}(?:\d{2}(?:[.,]\d{1,18})?)?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/,
];
/** An epoch number in quotes. */
const DIGITS = /^\d{9,20}(?:\.\d+)?$/;

/**
 * One value as an event holds it: what is missing (undefined, NaN) is null, a Date its ISO text, an infinity its name.
 *
 * @throws TypeError that names the field, where it is a list, an object or a function
 */
export function plainValue(value: unknown, field: string): EventValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isNaN(value)) return null;
      return Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity';
    case 'bigint':
      return exactInteger(value);
    case 'undefined':
      return null;
    default:
  }
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  const kind = Array.isArray(value) ? `list of ${value.length}` : typeof value;
  throw new TypeError(`${field}: a ${kind} is not one value; log a number, text, a boolean or null`);
}

/** All its digits, where a double has not as many: ids are features, too. */
function exactInteger(value: bigint): number {
  const rounded = Number(value);
  if (Number.isSafeInteger(rounded)) return rounded;
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): number };
  return rawJSON(String(value));
}

/** Names and plain values of an object or a Map. */
export function namedValues(values: unknown, field: string): Record<string, EventValue> {
  let entries: Iterable<readonly [unknown, unknown]> | null = null;
  try {
    if (values instanceof Map) entries = values;
    else if (typeof values === 'object' && values !== null && !Array.isArray(values))
      entries = Object.entries(values);
  } catch (error) {
    throw new TypeError(`${field}: cannot be read: ${shown(error)}`, { cause: error });
  }
  if (entries === null) throw new TypeError(`${field}: give an object of name to value`);
  // An own property, also of the name __proto__.
  return Object.fromEntries(
    Array.from(entries, ([name, value]) => [String(name), plainValue(value, `${field}.${String(name)}`)]),
  );
}

export function modelName(value: unknown): string {
  if (isName(value)) return value;
  throw new TypeError(`model: ${shown(value)} is no name of a model (${A_NAME})`);
}

export function versionName(value: unknown): string | number {
  const plain = plainValue(value, 'version');
  if (isName(plain) || (typeof plain === 'number' && Number.isFinite(plain))) return plain;
  throw new TypeError(`version: ${shown(value)} is no version (${A_NAME}, or a number)`);
}

/** What the service takes as a name: it stands in keys, log lines and subjects of mails. */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= LONGEST_NAME &&
    !CONTROL.test(value) &&
    value.isWellFormed()
  );
}

/** Ids are text: a number would lose digits on its way. */
export function eventId(value: unknown): string {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  const id = isWhole ? String(value) : value;
  const isId = typeof id === 'string' && id !== '' && id.length <= LONGEST_ID && !id.includes('\0');
  if (isId && id.isWellFormed()) return id;
  throw new TypeError(
    `prediction_id: ${shown(value)} is no id (text of 1 to ${LONGEST_ID} characters, or a whole number)`,
  );
}

/** A class or an amount: what a prediction or a label says. */
export function eventOutcome(value: unknown, field: string): string | number | boolean {
  const plain = plainValue(value, field);
  const isInfinite = typeof value === 'number' && typeof plain === 'string';
  if (plain === null || isInfinite)
    throw new TypeError(`${field}: ${shown(value)} is no class and no amount`);
  if (typeof plain === 'string' && plain.trim() === '') {
    throw new TypeError(`${field}: an empty text is no class`);
  }
  return plain;
}

/** A number; null where there is none. */
export function eventNumber(value: unknown, field: string): number | null {
  const plain = typeof value === 'bigint' ? Number(value) : plainValue(value, field);
  if (plain === null || typeof plain === 'number') return plain;
  throw new TypeError(`${field}: ${shown(value)} is no number`);
}

/**
 * A moment as an event holds it.
 *
 * @param value a Date, ISO 8601, or a number of seconds, milli-, micro- or nanoseconds since 1970
 */
export function eventTime(value: unknown): string | number {
  if (value instanceof Date) {
    const ms = value.getTime();
    if (isInRange(ms)) return value.toISOString();
    throw new TypeError('timestamp: the date is none, or lies before 1970 or after 2200');
  }
  const text = typeof value === 'string' ? value.trim() : null;
  if (text !== null && IN_EVENTS.some((form) => form.test(text)) && isInRange(msOfText(text))) return text;
  if (typeof value === 'number' && value > 0 && value < 1e20 && isInRange(msOfEpoch(value))) return value;
  throw new TypeError(
    `timestamp: ${shown(value)} is no time from 1970 to 2200 (a Date, "2026-03-01T12:00:00Z", or seconds since 1970)`,
  );
}

const isInRange = (ms: number): boolean => ms >= EARLIEST_MS && ms < LATEST_MS;

/** By their size: seconds, milliseconds, microseconds, nanoseconds. */
const EPOCHS = [
  { below: 1e11, perMs: 1e-3 },
  { below: 1e14, perMs: 1 },
  { below: 1e17, perMs: 1e3 },
  { below: 1e20, perMs: 1e6 },
] as const;

/**
 * A moment as the service is asked for it: ISO 8601 with its offset. Text without a zone is UTC, and a date its midnight.
 *
 * @throws TypeError where it is none
 */
export function instant(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  const time = ISO.test(text) ? text : eventTime(DIGITS.test(text) ? Number(text) : value);
  const ms = typeof time === 'number' ? msOfEpoch(time) : msOfText(time);
  if (isInRange(ms)) return new Date(ms).toISOString();
  throw new TypeError(`${shown(value)} is no time from 1970 to 2200, such as "2026-03-01T12:00:00Z"`);
}

/** 1772366400.123 has no double of its own, and must not lose a millisecond. */
const ROUNDING_MS = 0.001;

function msOfEpoch(time: number): number {
  const perMs = EPOCHS.find(({ below }) => time < below)?.perMs ?? 1;
  return Math.floor(time / perMs + ROUNDING_MS);
}

/** NaN: such a day, hour or offset does not exist. */
function msOfText(text: string): number {
  const parts = ISO.exec(text)?.groups ?? {};
  const { date = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z' } = parts;
  const day = date.replaceAll('-', '').replace(/^(....)(..)(..)$/, '$1-$2-$3');
  const offset = /z/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  // Date takes the thirtieth of February for the second of March.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return Number.NaN;
  // A leap second is the first of the next minute.
  const [whole, leapMs] = second === '60' ? ['59', 1_000] : [second, 0];
  const ms = `${whole}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  return Date.parse(`${day}T${hour}:${minute}:${ms}${offset}`) + leapMs;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
}
