import type { FormatSettings } from '../../../core/events/log-format.ts';
import type { JsonObject } from '../../json-message.ts';
import { ofScore } from './outcomes.ts';

/** Fields that are features: all but those that mean something else. */
export function remaining(record: JsonObject, taken: ReadonlySet<string>): Map<string, unknown> {
  return new Map(Object.entries(record).filter(([name]) => !taken.has(name)));
}

/** A prediction column of a flat record; a score where the topic says that it is one. */
export function predicted(value: unknown, settings: FormatSettings): object {
  if (value === undefined || value === null) return {};
  return settings.output === 'score' && typeof value === 'number'
    ? ofScore(value, settings)
    : { prediction: value };
}
