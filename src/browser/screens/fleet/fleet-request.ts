import { VERDICTS } from '../../../core/findings.ts';
import { knownParameter } from '../../address/known-parameter.ts';
import { type Address, useAddress } from '../../address/use-address.ts';
import { usePeriodText } from '../../frame/address-problem.tsx';

const ORDERS = ['verdict', 'name', 'incidents', 'rows', 'window'] as const;
export type FleetOrder = (typeof ORDERS)[number];

/** What of the fleet is asked for; parameters of the API by their names. */
export type FleetQuery = Readonly<
  Record<'from' | 'to' | 'q' | 'verdict' | 'tag' | 'group' | 'sort', string | null>
>;

const FILTERED_VERDICTS: readonly string[] = [...VERDICTS, 'no_data'];

/** Of the address, and what in it is not understood. */
export function useFleetQuery(): { readonly query: FleetQuery; readonly problems: readonly string[] } {
  const address = useAddress();
  const period = usePeriodText();
  const problems: string[] = [];
  const known = (name: string, instead: string, isKnown: (text: string) => boolean): string | null =>
    knownParameter(address, name, isKnown, { instead, problems });
  const query = {
    ...period,
    q: known('q', 'nothing is searched for', (text) => text.length <= 256),
    verdict: known('verdict', 'every verdict is shown', (text) => FILTERED_VERDICTS.includes(text)),
    tag: known('tag', 'every tag is shown', (text) => /^[^=:]+[=:]/.test(text) && text.length <= 512),
    group: known('group', 'models are not grouped', (text) => text.length <= 256),
    sort: known('sort', 'the worst come first', (text) =>
      ORDERS.some((order) => text === order || text === `-${order}`),
    ),
  };
  // `team:risk` is `team=risk`.
  return { query: { ...query, tag: query.tag?.replace(/[=:]/, '=') ?? null }, problems };
}

/** How the table is ordered now. */
export function orderOf(sort: string | null): { readonly order: FleetOrder; readonly descending: boolean } {
  const descending = sort?.startsWith('-') === true;
  const name = descending ? sort?.slice(1) : sort;
  return { order: ORDERS.find((each) => each === name) ?? 'verdict', descending };
}

/** What comes first, in words; a verdict that is worst counts as the greatest. */
export function orderInWords(sort: string | null): {
  readonly text: string;
  readonly aria: 'ascending' | 'descending';
} {
  const { order, descending } = orderOf(sort);
  const [usual, turned] = FIRST[order];
  const isDown = order === 'verdict' ? !descending : descending;
  return { text: descending ? turned : usual, aria: isDown ? 'descending' : 'ascending' };
}

const FIRST: Readonly<Record<FleetOrder, readonly [usual: string, turned: string]>> = {
  verdict: ['worst first', 'worst last'],
  name: ['by name, A to Z', 'by name, Z to A'],
  incidents: ['fewest open incidents first', 'most open incidents first'],
  rows: ['fewest rows first', 'most rows first'],
  window: ['oldest window first', 'newest window first'],
};

/** Orders by a column, with what people look for at its top; once more turns it round. */
export function sortBy(address: Address, order: FleetOrder): void {
  const now = orderOf(address.get('sort'));
  const first = order === 'name' || order === 'verdict' ? order : `-${order}`;
  const turned = now.descending ? order : `-${order}`;
  const next = now.order === order ? turned : first;
  address.set({ sort: next === 'verdict' ? null : next }, { replace: true });
}
