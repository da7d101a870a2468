import { plural } from './page-format.ts';
import { QUIET_RANK, standingOf, type StandingFacts } from './standing.ts';

export interface OverviewFacts {
  readonly versions: readonly StandingFacts[];
  /** More incidents are open than are listed. */
  readonly more_alerts: boolean;
}

/** The answer to "is something wrong?", in one sentence. */
export function headlineOf({ versions, more_alerts: more }: OverviewFacts): string {
  if (versions.length === 0) return 'No model is being watched yet.';
  const open = versions.flatMap(({ model, alerts }) => alerts.filter(isOpen).map(() => model));
  const models = new Set(versions.map(({ model }) => model)).size;
  if (open.length > 0) {
    const names = [...new Set(open)];
    return `${more ? 'More than ' : ''}${plural(open.length, 'incident')} open on ${names.length === 1 ? names[0] : plural(names.length, 'model')}.`;
  }
  const unsettled = versions.filter(isUnsettled).length;
  if (unsettled > 0) return `No incident is open; ${plural(unsettled, 'model version')} to look at.`;
  return models === 1 ? `${versions[0]?.model ?? ''} is quiet.` : `All ${plural(models, 'model')} are quiet.`;
}

/** As incidents are counted everywhere. */
function isOpen({ state }: { readonly state: string }): boolean {
  return state === 'firing' || state === 'recovering';
}

function isUnsettled(version: StandingFacts): boolean {
  return standingOf(version).rank < QUIET_RANK;
}
