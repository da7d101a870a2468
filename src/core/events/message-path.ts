/** Where a value stands in a logged message of any shape. Configured by people, used by `decode`. */
import type { Result } from '../result.ts';
import { fail, ok } from '../result.ts';

/** Where a path begins: at the item (the message itself without `each`), at the whole message, or beside it. */
type Root = 'item' | 'message' | 'key' | 'topic' | 'headers';

export interface MessagePath {
  readonly text: string;
  readonly root: Root;
  readonly steps: readonly (string | number)[];
}

const ROOTS: ReadonlyMap<string, Root> = new Map([
  ['$', 'message'],
  ['$key', 'key'],
  ['$topic', 'topic'],
  ['$headers', 'headers'],
]);
const STEP =
  /(?<dot>\.)?(?<name>[^.[\]"\s][^.[\]"]*)|\[(?<index>-?\d{1,9})\]|\[(?<quoted>"(?:[^"\\]|\\.)*")\]/uy;

/**
 * `a.b`, `a["b.c"]`, `a[0]`, `a[-1]` (the last), `$.a` (from the whole message), `$key`, `$topic`, `$headers.name`.
 *
 * For example: parseMessagePath('a[0].b') // steps ['a', 0, 'b']
 */
export function parseMessagePath(text: string): Result<MessagePath, string> {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const parts = STEP.exec(text)?.groups;
    if (parts === undefined || (parts['name'] !== undefined && (parts['dot'] === undefined) !== (at === 0))) {
      return fail(`is no path from '${text.slice(at)}' on; such as a.b, a[0].b or a["odd name"]`);
    }
    const { name, index, quoted } = parts;
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(JSON.parse(quoted ?? '""') as string);
  }
  const [first] = steps;
  if (first === undefined) return fail('is an empty path');
  const root = typeof first === 'string' && first.startsWith('$') ? ROOTS.get(first) : 'item';
  if (root === undefined) return fail(`begins with '${first}'; known are $, $key, $topic and $headers`);
  const inside = root === 'item' ? steps : steps.slice(1);
  if (root === 'headers' && inside.length !== 1) return fail('names no header; such as $headers.ce_type');
  if ((root === 'key' || root === 'topic') && inside.length > 0)
    return fail(`goes on behind ${String(first)}`);
  return ok({ text, root, steps: inside });
}
