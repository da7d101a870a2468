/**
 * What of a configured text a person or a log may see. Nothing, unless the schema says so here: a key that nobody has
 * thought about is masked.
 */
import type { z } from 'zod';

export type Shown =
  /** Says nothing an attacker lacks, even when a variable brought it in. */
  | { readonly kind: 'whole' }
  /** A URL. Scheme, host and port; its path only where it is known to be harmless of the mapping it stands in. */
  | { readonly kind: 'address'; readonly path: (owner: unknown) => RegExp | null }
  /** A name at the target; when it is a URL, as an address without a path. */
  | { readonly kind: 'name' };

const declarations = new WeakMap<z.core.$ZodType, Shown>();

/** Declares that values of this schema are shown whole. */
export function open<T extends z.ZodType>(schema: T): T {
  return declared(schema, { kind: 'whole' });
}

export function address<T extends z.ZodType>(schema: T, path: (owner: unknown) => RegExp | null): T {
  return declared(schema, { kind: 'address', path });
}

/** What a target calls its own things. */
export function targetName<T extends z.ZodType>(schema: T): T {
  return declared(schema, { kind: 'name' });
}

function declared<T extends z.ZodType>(schema: T, shown: Shown): T {
  // A schema of its own: others may be made of the one that was given.
  const own = schema.clone();
  declarations.set(own, shown);
  return own;
}

/** Null: masked. What is made of a declared schema by a further check stays declared. */
export function shownAs(schema: z.core.$ZodType): Shown | null {
  for (let at: z.core.$ZodType | undefined = schema; at !== undefined; at = at._zod.parent) {
    const shown = declarations.get(at);
    if (shown !== undefined) return shown;
  }
  return null;
}
