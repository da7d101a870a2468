import { pathName } from '../../../core/ids/path-name.ts';
import { baselineCommand } from '../../../core/baseline-command.ts';
import { SIZE_TEXT } from '../../../core/windows/window-size.ts';
import type { ModelOverview } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { useAddress } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { type Asked, useApi } from '../../data/use-api.ts';
import { usePeriodText } from '../../frame/address-problem.tsx';

/** What of the address narrows every panel; only what there is. */
export interface Narrowing {
  readonly version: string | null;
  readonly size: string | null;
  readonly segment: string | null;
  readonly series: string | null;
}

/** Null while what there is of a model is not known, and then what the address asks of it. */
export interface ModelAsked {
  readonly model: string;
  readonly narrowing: Narrowing;
  readonly against: string | null;
  /** Makes the baseline of the version that is looked at, or the newest. */
  readonly baselineCommand: string;
  /** The address of a panel's route, of the period that is shown. */
  url(panel: string, more?: Readonly<Record<string, string | number | null>>): string;
  /** What of the address is not understood, a sentence each. */
  readonly problems: readonly string[];
}

/** What the address asks of a model; what is not there of it is said, and the default taken. */
export function useModelAsked(model: string, { versions, sizes, segments }: ModelOverview): ModelAsked {
  const address = useAddress();
  const period = usePeriodText();
  const problems: string[] = [];
  const known = (name: string, isKnown: (value: string) => boolean, instead: string): string | null => {
    const value = address.get(name);
    if (value === null || isKnown(value)) return value;
    problems.push(`There is no ${name} "${displayText(value)}" here: ${instead}.`);
    return null;
  };
  const isVersion = (name: string): boolean => versions.some((version) => version.name === name);
  const narrowing = {
    version: known('version', isVersion, 'all versions are shown'),
    size: known('size', (text) => SIZE_TEXT.test(text) && sizes.includes(text), 'the smallest is shown'),
    segment: known('segment', (text) => segments.includes(text), 'all rows are shown'),
    series: known(
      'series',
      (text) => text === 'closed' || text === 'matured',
      'the newest verdicts are shown',
    ),
  };
  const isAgainst = (text: string): boolean =>
    text === 'before' || (text.startsWith('version:') && isVersion(text.slice('version:'.length)));
  const against = known('against', isAgainst, 'nothing is laid under the curves');
  return {
    model,
    narrowing,
    against,
    baselineCommand: baselineCommand(model, narrowing.version ?? versions[0]?.name ?? 'default'),
    url: (panel, more = {}) =>
      apiUrl(`/models/${pathName(model)}/${panel}`, { ...narrowing, ...period, ...more }),
    problems,
  };
}

/** Everything there is of a model, whatever the address asks of it. */
export function useModelFacts(model: string): Asked<ModelOverview> {
  return useApi<ModelOverview>(apiUrl(`/models/${pathName(model)}/overview`));
}
