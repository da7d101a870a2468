import type { Period } from '../../core/windows/period.ts';

/** The period that a panel's answer is of. */
export function periodOf(answer: {
  readonly period: { readonly from: string; readonly to: string };
}): Period {
  return { fromMs: Date.parse(answer.period.from), toMs: Date.parse(answer.period.to) };
}
