import { z } from 'zod';
import type { Page } from '../store/connection/page.ts';

/** A page's end as one opaque word, so that clients neither build nor read it. */
function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

const MAX_CURSOR_LENGTH = 4_096;

/** Query parameter `cursor` of a list whose rows are keyed by `key`: anything else is the client's mistake. */
export function cursorOf<Key>(key: z.ZodType<Key>) {
  return z
    .string()
    .max(MAX_CURSOR_LENGTH)
    .transform((text, context): Key => {
      const parsed = key.safeParse(decode(text));
      if (parsed.success) return parsed.data;
      context.addIssue('is not a cursor of this list; take `next_cursor` from its last page');
      return z.NEVER;
    })
    .optional()
    .describe('`next_cursor` of the page before.');
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The body of every list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().describe('Null on the last page.'),
  });
}

export function toPage<Item, Key>(page: Page<Item, Key>): { items: Item[]; next_cursor: string | null } {
  return { items: page.items, next_cursor: page.next === null ? null : encodeCursor(page.next) };
}
