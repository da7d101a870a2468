import { useAddress } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { shellWord } from '../../data/shell-word.ts';
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
  /** The command that tells of the same counts. */
  readonly command: string;
}

export function useFeatureAddress(model: string, feature: string): FeatureAddress {
  const address = useAddress();
  const { from, to } = usePeriodText();
  const [version, size, segment] = ['version', 'size', 'segment'].map((name) => address.get(name));
  const route = (panel: string): string =>
    `/models/${encodeURIComponent(model)}/features/${encodeURIComponent(feature)}/${panel}`;
  const wanted = { version, size, segment };
  const of = segment == null ? '' : ` --segment ${shellWord(segment)}`;
  return {
    model,
    feature,
    inWindow: (panel) => apiUrl(route(panel), { ...wanted, window: address.get('window') }),
    overTime: (panel, over = {}) => apiUrl(route(panel), { ...wanted, from, to, ...over }),
    ribbon: apiUrl(`/models/${encodeURIComponent(model)}/ribbon`, { version, size, segment, from, to }),
    command: `shiftwatch days --model ${shellWord(model)} --feature ${shellWord(feature)}${of} --json`,
  };
}
