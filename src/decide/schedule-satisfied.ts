export interface FinishedRun {
  readonly requestedAtMs: number;
  readonly succeededAtMs: number;
}

/**
 * Whether a run has already done what a schedule that has come due asks for: it succeeded after that instant, or it was
 * asked for less than one cooldown before it. Then the model is as fresh as the schedule wants it. A run that failed has
 * satisfied nobody, so the schedule is made up for.
 */
export function scheduleSatisfied(
  dueAtMs: number,
  newest: FinishedRun | null,
  { cooldownMs }: { readonly cooldownMs: number },
): boolean {
  if (newest === null) return false;
  return newest.succeededAtMs >= dueAtMs || newest.requestedAtMs > dueAtMs - cooldownMs;
}
