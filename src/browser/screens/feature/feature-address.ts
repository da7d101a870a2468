import { pathName } from '../../../core/ids/path-name.ts';
import { sizeFromText } from '../../../core/windows/window-size.ts';
import { knownParameter } from '../../address/known-parameter.ts';
import { useAddress } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { usePeriodText } from '../../frame/address-problem.tsx';

/** What a panel of the screen is asked with. */
export interface FeatureAddress {
  readonly model: string;
  readonly feature: string;
  /** The route of a panel that looks at the chosen window. */
  inWindow(panel: string): string;
  /** The route of a panel over time; `over` instead of what the address says. */
  overTime(panel: string, over?: Readonly<Record<string, string | null>>): string;
  /** Verdicts over the same time. */
  readonly ribbon: string;
  /** What of the address is not understood. */
  readonly problems: readonly string[];
}

const WINDOW_ID = /^[1-9]\d{0,17}$/;

export function useFeatureAddress(model: string, feature: string): FeatureAddress {
  const address = useAddress();
  const { from, to } = usePeriodText();
  const problems: string[] = [];
  const known = (name: string, isKnown: (text: string) => boolean, instead: string): string | null =>
    knownParameter(address, name, isKnown, { instead, problems });
  const isName = (text: string): boolean => text.length <= 256;
  const version = known('version', isName, 'all versions are shown');
  const size = known('size', (text) => sizeFromText(text) !== null, 'the smallest windows are shown');
  const segment = known('segment', (text) => text.length <= 1_024, 'all rows are shown');
  const window = known('window', (text) => WINDOW_ID.test(text), 'the newest judged window is shown');
  known('against', (text) => /^(?:before$|version:.)/s.test(text), 'nothing is laid under the charts');
  const route = (panel: string): string =>
    `/models/${pathName(model)}/features/${pathName(feature)}/${panel}`;
  const wanted = { version, size, segment };
  return {
    model,
    feature,
    problems,
    inWindow: (panel) => apiUrl(route(panel), { ...wanted, window }),
    overTime: (panel, over = {}) => apiUrl(route(panel), { ...wanted, from, to, ...over }),
    ribbon: apiUrl(`/models/${pathName(model)}/ribbon`, { version, size, segment, from, to }),
  };
}
