import type { Rate } from './bounds.ts';
import { PROMISED_CHANGE } from './changes.ts';
import { PROMISED_SIZES } from './plan.ts';
import type { Results } from './results.ts';
import { ratePerThousand, sharePercent } from './wording.ts';

/** Open: too few windows to show it either way. */
export type Verdict = 'kept' | 'broken' | 'open';

/** What the documentation says of the defaults, held against what was measured. */
export interface PromiseCheck {
  readonly claim: string;
  readonly measured: string;
  readonly verdict: Verdict;
}

/** Null windows in which any feature is flagged. */
export const PROMISED_FALSE_ALARMS = 0.001;
/** Windows of a thousand rows in which a shift of 0.3 σ in one of fifty features is found. */
export const PROMISED_POWER = 0.95;
/** Features that may be refused for want of rows, in windows of at least `WELL_ABOVE_MIN_ROWS`. */
const MOST_REFUSED = 0.001;
const WELL_ABOVE_MIN_ROWS = 500;

/** Fewer windows than this cannot bound a rate of one in a thousand, or a share of 95 %, even if all goes well. */
const WINDOWS_FOR_A_RATE = 10_000;
const WINDOWS_FOR_A_SHARE = 100;

export function checkPromises(results: Results): PromiseCheck[] {
  return [...falseAlarms(results), ...refusals(results), ...power(results)];
}

function falseAlarms(results: Results): PromiseCheck[] {
  return results.sizes('null').flatMap((windowRows) => {
    // Refused features count as if they had been judged, so that silence cannot be bought by refusing.
    const rate = results.rate({ study: 'null', windowRows }, 'features, refusals judged');
    if (rate === null) return [];
    const verdict = judgeBelow(rate, PROMISED_FALSE_ALARMS);
    return [
      {
        claim: `no more than 1 per 1,000 null windows of ${windowRows} rows have a feature flagged`,
        measured: ratePerThousand(rate),
        verdict,
      },
    ];
  });
}

function refusals(results: Results): PromiseCheck[] {
  return PROMISED_SIZES.filter((size) => size >= WELL_ABOVE_MIN_ROWS).flatMap((windowRows) => {
    const rate = results.rate({ study: 'null', windowRows }, 'refused');
    return rate === null
      ? []
      : [
          {
            claim: `no more than 0.1 % of features refused in windows of ${windowRows} rows`,
            measured: sharePercent(rate.rate),
            verdict: rate.rate <= MOST_REFUSED ? 'kept' : 'broken',
          },
        ];
  });
}

function power(results: Results): PromiseCheck[] {
  const rate = results.rate({ study: 'power', windowRows: 1000 }, PROMISED_CHANGE);
  return rate === null
    ? []
    : [
        {
          claim: '0.3 σ in one of fifty features found in at least 95 % of windows of 1,000 rows',
          measured: `${sharePercent(rate.rate)} of ${rate.trials} (at least ${sharePercent(rate.lower)})`,
          verdict: judgeAbove(rate, PROMISED_POWER),
        },
      ];
}

/** Kept is what the bound shows. With enough windows everything else is broken; with fewer only what is surely so. */
function judgeBelow(rate: Rate, most: number): Verdict {
  if (rate.upper <= most) return 'kept';
  return rate.trials >= WINDOWS_FOR_A_RATE || rate.lower > most ? 'broken' : 'open';
}

function judgeAbove(rate: Rate, least: number): Verdict {
  if (rate.lower >= least) return 'kept';
  return rate.trials >= WINDOWS_FOR_A_SHARE || rate.upper < least ? 'broken' : 'open';
}
