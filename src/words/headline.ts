import { plural } from './page-format.ts';
import { QUIET_RANK, standingOf, type StandingFacts } from './standing.ts';

export interface OverviewFacts {
  readonly versions: readonly StandingFacts[];
  /** More alerts are open than are listed. */
  readonly more_alerts: boolean;
}

/** The answer to "is something wrong?", in one sentence. */
export function headlineOf({ versions, more_alerts: more }: OverviewFacts): string {
  if (versions.length === 0) return 'No model is being watched yet.';
  const firing = versions.flatMap(({ alerts }) => alerts).filter(({ state }) => state === 'firing').length;
  const models = new Set(versions.map(({ model }) => model)).size;
  if (firing > 0) {
    const concerned = versions.filter((version) => standingOf(version).word === 'alert firing');
    const names = [...new Set(concerned.map(({ model }) => model))];
    return `${more ? 'More than ' : ''}${plural(firing, 'alert')} firing on ${names.length === 1 ? names[0] : plural(names.length, 'model')}.`;
  }
  const unsettled = versions.filter(isUnsettled).length;
  if (unsettled > 0) return `No alert is firing; ${plural(unsettled, 'model version')} to look at.`;
  return models === 1 ? `${versions[0]?.model ?? ''} is quiet.` : `All ${plural(models, 'model')} are quiet.`;
}

function isUnsettled(version: StandingFacts): boolean {
  return standingOf(version).rank < QUIET_RANK;
}
