/**
 * Where `core` has a type of its own, it stays: every thread knows it, and a type made from an open schema would let any
 * key pass. The schema beside it is then annotated with one of these, and does not compile unless both say the same.
 */
import type { z } from 'zod';

/** A closed set of words: each of them, and no other. */
export type Words<W extends string> = z.ZodEnum<{ readonly [Each in W]: Each }> & z.ZodType<W>;

/** An object with the keys of `T` and no others, of the same types. What the document leaves out is named in `Unsaid`. */
export type Twin<T, Unsaid extends keyof T = never> = z.ZodType<T> & {
  readonly shape: Readonly<Record<Exclude<keyof T, Unsaid>, unknown>>;
  keyof(): z.ZodType<Exclude<keyof T, Unsaid>>;
};
