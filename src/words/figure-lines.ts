import type { GroupFinding, HoldoutFinding, Performance } from '../core/findings.ts';
import type { Operational } from '../core/operational.ts';
import { capital, displayText } from './display-text.ts';
import { formatCount, formatNumber, formatP, formatShare } from './format.ts';
import { metricsByName } from './page-format.ts';

/** Figures beside the findings that somebody who decides should see; absent where there is nothing to say. */
export interface FigureBlock {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A difference this certain is told; groups are many, so chance alone finds one now and then. */
const LEVEL = 0.001;
const MAX_HOLDOUT = 3;
const MAX_GROUPS = 4;
const MAX_BREACHES = 3;

/** What of performance they are made from. */
export interface FigureSource extends Pick<Performance, 'mature' | 'maturity'> {
  readonly holdout?: HoldoutFinding | null;
  readonly groups?: readonly GroupFinding[] | null;
}

export function figureBlocks(
  performance: FigureSource | null,
  operational: Operational | null | undefined,
): FigureBlock[] {
  const provisional = performance !== null && isProvisional(performance) ? ' (provisional)' : '';
  return [
    { title: `Hold-out${provisional}`, lines: holdoutLines(performance?.holdout) },
    { title: `Groups${provisional}`, lines: groupLines(performance?.groups ?? []) },
    { title: 'Operation', lines: operationLines(operational) },
  ].filter(({ lines }) => lines.length > 0);
}

/** What was seen before its time may still be complete. */
export function isProvisional({ mature, maturity }: Pick<Performance, 'mature' | 'maturity'>): boolean {
  return !mature && maturity?.state !== 'mature';
}

/** Those on whom nobody acted, beside those whom the model's own advice may have changed. */
function holdoutLines(holdout: HoldoutFinding | null | undefined): string[] {
  if (holdout === null || holdout === undefined) return [];
  const { labelled } = holdout;
  const lines = metricsByName(holdout.metrics)
    .filter(([, metric]) => metric.holdout !== null && metric.influenced !== null)
    .slice(0, MAX_HOLDOUT)
    .map(([name, { holdout: held, influenced, p_value: p }]) => {
      const sure =
        p === null ? '' : p < LEVEL ? `, differs (${formatP(p)})` : `, may be chance (${formatP(p)})`;
      return `${name.replaceAll('_', ' ')}: ${formatNumber(held ?? 0)} held out, ${formatNumber(influenced ?? 0)} influenced${sure}`;
    });
  if (lines.length === 0) return [];
  return [
    `Figures are those of ${formatCount(labelled.holdout)} rows on which nobody acted; ${formatCount(labelled.influenced)} others may be influenced by the model.`,
    ...lines,
  ];
}

/** Differences between groups that are no chance, the largest first. */
function groupLines(groups: readonly GroupFinding[]): string[] {
  const different = groups.flatMap(({ feature, group, rates }) =>
    Object.entries(rates).flatMap(
      ([name, { value, others, difference, difference_interval: interval, p_value: p }]) =>
        value === null || others === null || difference === null || p === null || p >= LEVEL
          ? []
          : [
              {
                who: `${displayText(feature, 40)}=${displayText(group, 40)}`,
                name,
                value,
                others,
                difference,
                interval,
                p,
              },
            ],
    ),
  );
  const lines = different
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
    .slice(0, MAX_GROUPS)
    .map(({ who, name, value, others, interval, p }) => {
      const range =
        interval === null ? '' : `, difference ${points(interval[0])} to ${points(interval[1])} points`;
      return `${who}: ${name.replaceAll('_', ' ')} ${formatShare(value)}, others ${formatShare(others)}${range} (${formatP(p)})`;
    });
  const more = different.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** Whoever is woken for the data should know that the model is also slow, dear or failing. */
function operationLines(operational: Operational | null | undefined): string[] {
  const breaches = operational?.breaches ?? [];
  return breaches
    .slice(0, MAX_BREACHES)
    .map(({ claim, p_value: p }) => `${displayText(capital(claim), 200)} (${formatP(p)})`);
}

function points(share: number): string {
  const value = (share * 100).toFixed(1).replace(/\.0$/, '');
  return share > 0 ? `+${value}` : value.replace('-', '−');
}
