import type { LogMapping, NamesRule } from '../../core/events/log-mapping.ts';
import type { MessagePath } from '../../core/events/message-path.ts';
import type { Result } from '../../core/result.ts';
import { ok } from '../../core/result.ts';
import type { Refusal } from '../dead-letter.ts';
import { refuse } from '../dead-letter.ts';
import { field, isObject, parsedText, spelled } from '../presets/payload/json-shape.ts';
import type { Envelope, Envelopes, FormatMessage } from '../presets/preset.ts';
import { MAX_ROWS, tooManyRows } from '../presets/preset.ts';
import { shown } from '../text.ts';
import { fieldValue } from './field-value.ts';
import { lookUp, type Scope } from './look-up.ts';

/** A message in a configured shape → envelopes. Deterministic; O(size of the message). */
export function applyMapping(mapping: LogMapping, message: FormatMessage): Envelopes {
  const parsed = mapping.parseJson.length === 0 ? message : withParsedTexts(mapping.parseJson, message);
  const whole: Scope = { item: parsed.value, message: parsed };
  const { when, each } = mapping;
  if (when !== null) {
    const found = lookUp(when.path, whole);
    if (!when.in.has(spelled(found))) return ok([]);
  }
  const items = each === null ? [parsed.value] : lookUp(each, whole);
  if (!Array.isArray(items)) {
    return refuse(
      'missing_fields',
      `${each?.text ?? 'the message'} is ${shown(items)}; the mapping expects a list`,
    );
  }
  if (items.length > MAX_ROWS) return tooManyRows(items.length);
  const envelopes: Envelope[] = [];
  for (const item of items as unknown[]) {
    const envelope = mapItem(mapping, { item, message: parsed });
    if (!envelope.ok) return envelope;
    envelopes.push(envelope.value);
  }
  return ok(envelopes);
}

function mapItem(mapping: LogMapping, scope: Scope): Result<Envelope, Refusal> {
  const envelope: Record<string, unknown> = {};
  for (const [name, rule] of mapping.fields) {
    const value = fieldValue(rule, scope, name);
    if (!value.ok) return value;
    envelope[name] = value.value;
  }
  for (const [name, rules] of mapping.named) {
    const values = new Map<string, unknown>();
    let found = false;
    for (const rule of rules) {
      const added = addNamed(rule, scope, values);
      if (!added.ok) return added;
      found ||= added.value;
    }
    // Nothing at all is an absent field, so that an event without features can still be told from an empty one.
    if (found) envelope[name] = values;
  }
  return ok(envelope);
}

/** Whether the source was there. A feature that is named alone is always there, if only as missing. */
function addNamed(rule: NamesRule, scope: Scope, into: Map<string, unknown>): Result<boolean, Refusal> {
  switch (rule.kind) {
    case 'one': {
      const value = fieldValue(rule.rule, scope, rule.name);
      if (!value.ok) return value;
      into.set(rule.name, value.value ?? null);
      return ok(true);
    }
    case 'object': {
      const object = lookUp(rule.path, scope);
      if (!isObject(object)) return ok(false);
      for (const [name, value] of Object.entries(object)) {
        if (rule.except.has(name) || (rule.only !== null && !rule.only.has(name))) continue;
        into.set(`${rule.prefix}${name}`, value);
      }
      return ok(true);
    }
    case 'arrays':
      return addArrays(rule, scope, into);
    case 'list': {
      const list = lookUp(rule.path, scope);
      if (!Array.isArray(list)) return ok(false);
      for (const item of list as unknown[]) {
        const name = field(item, rule.name);
        if (typeof name === 'string') into.set(name, field(item, rule.value));
      }
      return ok(true);
    }
  }
}

function addArrays(
  rule: Extract<NamesRule, { kind: 'arrays' }>,
  scope: Scope,
  into: Map<string, unknown>,
): Result<boolean, Refusal> {
  const values = lookUp(rule.values, scope);
  if (!Array.isArray(values)) return ok(false);
  const names = 'root' in rule.names ? lookUp(rule.names, scope) : rule.names;
  if (!Array.isArray(names) || names.length !== values.length) {
    const count = Array.isArray(names) ? names.length : 'no';
    return refuse('invalid_field', `${rule.values.text} has ${values.length} values and ${count} names`);
  }
  for (const [index, name] of names.entries()) into.set(String(name), values[index]);
  return ok(true);
}

/** A copy in which the texts at these places are the values they spell. The message itself is left alone. */
function withParsedTexts(paths: readonly MessagePath[], message: FormatMessage): FormatMessage {
  let { value } = message;
  for (const { steps } of paths) value = replaced(value, steps, parsedText);
  return { ...message, value };
}

function replaced(
  value: unknown,
  [step, ...rest]: readonly (string | number)[],
  change: (value: unknown) => unknown,
): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value) && typeof step === 'number') {
    return (value as unknown[]).with(step, replaced((value as unknown[]).at(step), rest, change));
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return value;
  const copy = new Map<string, unknown>(Object.entries(value));
  copy.set(String(step), replaced(value[step], rest, change));
  return Object.fromEntries(copy);
}
