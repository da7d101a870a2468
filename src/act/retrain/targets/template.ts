import { at } from './reading.ts';
import type { Target } from './target.ts';

export const template: Target = {
  /**
   * Any other target: a body of one's own. `{"$var": "model"}` becomes the value itself, whatever its type, and
   * `{"$text": "model"}` its text (JSON for what is no text); `$var: data` is everything. Nothing is pasted into texts, so
   * no value can break out of its place.
   */
  ask: (input) => {
    if (input.template === null) throw new Error('a webhook of preset template has none');
    const { body, success } = input.template;
    const { answer: wanted } = success;
    const values = { ...input.data, data: input.data, delivery_id: input.deliveryId };
    return {
      body: filled(body, values) as object,
      alsoSuccess: success.status,
      ...(wanted !== null && { refusal: (answer) => unlike(answer, wanted) }),
    };
  },
};

function filled(part: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(part)) return part.map((item) => filled(item, values));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && typeof only[1] === 'string') {
    const value = values[only[1]] ?? null;
    if (only[0] === '$var') return value;
    if (only[0] === '$text') return typeof value === 'string' ? value : JSON.stringify(value);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, filled(item, values)]));
}

/** Where an answer differs from what success looks like; null when it does not. Paths are keys joined by dots. */
function unlike(answer: unknown, expected: Readonly<Record<string, unknown>>): string | null {
  for (const [path, wanted] of Object.entries(expected)) {
    const found = at(answer, ...path.split('.'));
    if (found !== wanted)
      return `${path} is ${JSON.stringify(found) ?? 'absent'}, not ${JSON.stringify(wanted)}`;
  }
  return null;
}
