import type { Coercion, FieldRule } from '../../core/events/log-mapping.ts';
import type { Result } from '../../core/result.ts';
import { ok } from '../../core/result.ts';
import type { Refusal } from '../dead-letter.ts';
import { refuse } from '../dead-letter.ts';
import { parsedText, spelled } from '../presets/payload/json-shape.ts';
import { shown } from '../text.ts';
import { isPlausibleTime, msOfEpoch, parseTimestamp } from '../timestamp.ts';
import { lookUp, type Scope } from './look-up.ts';

/** What stands at the rule's place, renamed, coerced, in milliseconds, or its default. */
export function fieldValue(rule: FieldRule, scope: Scope, name: string): Result<unknown, Refusal> {
  if (rule.path === null) return ok(rule.fallback);
  const found = lookUp(rule.path, scope);
  if (found === undefined || found === null) return ok(rule.fallback);
  const renamed = rule.values?.get(spelled(found)) ?? found;
  const taken = rule.as === null ? ok(plain(renamed, name)) : coerced(renamed, rule.as, name);
  if (!taken.ok || rule.unit === null) return taken;
  const timestampMs = msOfEpoch(taken.value, rule.unit) ?? timeOfText(taken.value);
  if (timestampMs !== null && isPlausibleTime(timestampMs)) return ok(new Date(timestampMs).toISOString());
  return refuse('timestamp_invalid', `${name} is ${shown(found)}, no number of ${rule.unit}`);
}

/** A time that says itself what it is: what a schema's `timestamp-millis` has become, for one. Null: it is none. */
function timeOfText(value: unknown): number | null {
  const parsed = typeof value === 'string' ? parseTimestamp(value) : null;
  return parsed?.ok === true ? parsed.value : null;
}

/** Ids are text: a whole number keeps its digits, since messages for mappings are parsed exactly. */
function plain(value: unknown, name: string): unknown {
  const isId = name === 'prediction_id' && (typeof value === 'bigint' || Number.isSafeInteger(value));
  return isId ? String(value) : value;
}

const TRUE = new Set(['true', '1', 'yes', 'y', 't']);
const FALSE = new Set(['false', '0', 'no', 'n', 'f']);

function coerced(value: unknown, as: Coercion, name: string): Result<unknown, Refusal> {
  switch (as) {
    case 'text':
      // An object stays one, and is counted as invalid where a value is expected.
      return ok(typeof value === 'object' ? value : spelled(value));
    case 'number': {
      if (typeof value === 'boolean') return ok(value ? 1 : 0);
      const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
      // A feature that is no number keeps its text: a changed type is a finding, not a refusal.
      return ok(Number.isNaN(number) ? value : number);
    }
    case 'boolean': {
      const text = spelled(value).toLowerCase();
      if (TRUE.has(text)) return ok(true);
      if (FALSE.has(text)) return ok(false);
      return refuse(
        'invalid_field',
        `${name} is ${shown(value)}; accepted are true and false, 1 and 0, yes and no`,
      );
    }
    case 'json':
      return ok(parsedText(value));
  }
}
