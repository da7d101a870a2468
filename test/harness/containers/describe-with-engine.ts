import { describe, inject } from 'vitest';

declare module 'vitest' {
  // What global-setup.ts beside this file hands over.
  interface ProvidedContext {
    /** What is missing for tests that need it; null: nothing. */
    lacking: { readonly engine: string | null; readonly compose: string | null };
  }
}

/** A suite that runs containers. Without an engine it is skipped and counted, and no run fails for it: few machines have one. */
export function describeWithEngine(needs: 'engine' | 'compose', name: string, suite: () => void): void {
  const lacking = inject('lacking')[needs];
  if (lacking === null) describe(name, suite);
  else describe.skip(`${name} [needs ${lacking}]`, suite);
}
