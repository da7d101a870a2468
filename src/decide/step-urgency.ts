import type { Consequence } from '../core/alerts/consequence.ts';
import type { AlertSpec } from '../core/model.ts';
import type { DecidedWindow } from './decided-window.ts';
import { afterReminder } from './due-reminder.ts';
import { pagingConsequence } from './route-notification.ts';
import type { AlertStep } from './step-alert.ts';

/** What an incident has meant so far, beside what kind of shift it is. */
export interface IncidentUrgency {
  /** What the first page about it was for; null: nobody was paged. */
  readonly pagedFor: Consequence | null;
  /** Shifted windows in a row that had a consequence which pages. */
  readonly graveInARow: number;
}

/**
 * An incident that people only read of in a digest can begin to harm without becoming another kind of shift: the same
 * moved inputs, and now a loss. Then they are told once more, after as many windows in a row as for any other news.
 *
 * @param step what the window did to the alert
 */
export function stepUrgency(
  step: AlertStep,
  current: IncidentUrgency,
  window: Pick<DecidedWindow, 'counts'> & { readonly consequences: readonly Consequence[] },
  alerts: Pick<AlertSpec, 'page' | 'forWindows' | 'remindEveryMs'>,
  nowMs: number,
): { readonly step: AlertStep; readonly urgency: IncidentUrgency } {
  const { counts } = window;
  if (counts !== 'shifted' && counts !== 'clean') return { step, urgency: current };
  if (step.event.kind === 'none') return { step, urgency: current };
  const isGrave = counts === 'shifted' && pagingConsequence(window.consequences, alerts) !== null;
  const urgency = { ...current, graveInARow: isGrave ? current.graveInARow + 1 : 0 };
  const gotWorse = current.pagedFor === null && urgency.graveInARow >= alerts.forWindows;
  if (!gotWorse || step.notify !== null || step.next?.state !== 'firing') return { step, urgency };
  return {
    step: {
      next: afterReminder(step.next, alerts, nowMs),
      event: { kind: 'still_firing', reason: 'consequence_confirmed' },
      notify: 'firing',
    },
    urgency,
  };
}
