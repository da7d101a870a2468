import { displayText } from './display-text.ts';
import type { NamedIncident } from './incident-name.ts';
import { incidentName } from './incident-name.ts';
import { plural, wholeNumber } from './page-format.ts';

export interface FleetFacts {
  readonly models: number;
  readonly needing: {
    /** With an incident that fires and that nobody looks after. */
    readonly models: number;
    readonly worst: {
      readonly model: string;
      readonly incident: NamedIncident & { readonly since: string };
    } | null;
    readonly looked_after: number;
  };
}

/**
 * How many models need somebody, which is worst, what of it, since when.
 *
 * @param timeText how a moment is written, its zone included
 * For example: '2 of 1,000 models need someone; worst: credit-risk, data fault since 20 Dec 00:00 UTC.'
 */
export function fleetSentence({ models, needing }: FleetFacts, timeText: (iso: string) => string): string {
  const { worst, looked_after: lookedAfter } = needing;
  const many = needing.models === 0 ? 'None' : wholeNumber(needing.models);
  const verb = needing.models > 1 ? 'need' : 'needs';
  const which =
    worst === null
      ? ''
      : `; worst: ${displayText(worst.model, 300)}, ${incidentName(worst.incident)} since ${timeText(worst.incident.since)}`;
  const others = `${wholeNumber(lookedAfter)}${needing.models > 0 ? ' more' : ''} ${lookedAfter === 1 ? 'is' : 'are'} looked after.`;
  return `${many} of ${plural(models, 'model')} ${verb} someone${which}.${lookedAfter === 0 ? '' : ` ${others}`}`;
}
