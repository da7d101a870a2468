import { PEER_RULES } from './peers/all-rules.ts';
import type { Results } from './results.ts';
import { COIN, OURS } from './study-peers.ts';
import type { Study } from './unit.ts';
import { count, inPercent, markdownTable } from './wording.ts';

const DASH = '–';

/** What a table of rules may show, and how its columns are called. */
const SHOWN = { feature: 'alarms per feature', any: 'windows with any', found: 'finds +0.3 σ' } as const;

/** False alarms in fifty features, and the promised shift in one of them, by rule and size. */
export function peerTable(results: Results, shown: readonly (keyof typeof SHOWN)[]): string {
  const columns = shown.flatMap((counted) =>
    results.sizes('peers').map((size) => ({ counted, size, head: `${SHOWN[counted]}, ${count(size)} rows` })),
  );
  return markdownTable(
    ['rule at its default, in %', ...columns.map((column) => column.head)],
    ruleNames().map((name) => [
      name,
      ...columns.map(({ counted, size }) => cell(results, 'peers', size, `${name}: ${counted}`)),
    ]),
  );
}

/** The same of one normal feature. */
export function singleFeatureTable(results: Results): string {
  const sizes = results.sizes('single');
  const head = [
    'rule at its default, in %',
    ...sizes.map((size) => `false alarms, ${count(size)} rows`),
    ...sizes.map((size) => `finds +0.3 σ, ${count(size)} rows`),
  ];
  return markdownTable(
    head,
    ruleNames().map((name) => [
      name,
      ...['any', 'found'].flatMap((counted) =>
        sizes.map((size) => cell(results, 'single', size, `${name}: ${counted}`)),
      ),
    ]),
  );
}

function ruleNames(): string[] {
  return [OURS, ...PEER_RULES.map((rule) => rule.name), COIN];
}

function cell(results: Results, study: Study, windowRows: number, name: string): string {
  const rate = results.rate({ study, windowRows }, name);
  return rate === null || rate.trials === 0 ? DASH : inPercent(rate.rate);
}
