/** What was found so far, and the columns nothing was found of. */
import type { Suspicion } from './suspicion.ts';

export function clean<C extends { readonly name: string }>(
  columns: readonly C[],
  found: readonly Suspicion[],
  only?: Suspicion['finding']['fault'],
): C[] {
  const faulty = new Set(
    found
      .filter(({ finding }) => only === undefined || finding.fault === only)
      .map(({ finding }) => finding.feature),
  );
  return columns.filter((pair) => !faulty.has(pair.name));
}

/** What a column may be by itself does not keep it from being another's. */
export function claimedOf(found: readonly Suspicion[]): Suspicion[] {
  return found.filter(({ otherwise }) => otherwise === undefined);
}

export function isFaulty(found: readonly Suspicion[], name: string): boolean {
  return found.some(({ finding }) => finding.feature === name);
}

export function push(found: Suspicion[], ...candidates: (Suspicion | null)[]): void {
  for (const candidate of candidates) if (candidate !== null) found.push(candidate);
}

/** Without readings of columns of which more is known now. */
export function stillOpen(found: readonly Suspicion[], told: readonly Suspicion[]): Suspicion[] {
  return found.filter((one) => one.otherwise === undefined || !isFaulty(told, one.finding.feature));
}
