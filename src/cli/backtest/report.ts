import { DAY_MS } from '../../core/clock.ts';
import type { Backtest } from '../../pipeline/backtest/backtest.ts';
import type { Told } from '../../pipeline/backtest/replay-decisions.ts';
import type { ToldCount } from '../../store/backtest/told-notifications.ts';
import { words } from '../../words/page-format.ts';
import { textTable } from '../terminal/text-table.ts';

const RUNS = [
  ['this configuration', ({ given }: Backtest) => given],
  ['this one with for: 1', ({ impatient }: Backtest) => impatient],
  ['the running one', ({ running }: Backtest) => running],
  ['really sent', ({ sent }: Backtest) => sent],
] as const;

/** Each message to a channel counts: the same news by two channels are two. */
interface Budget {
  readonly pages: number;
  readonly digests: number;
  readonly inDigests: number;
}

function budgetOf({ messages, digested }: Told): Budget {
  const total = (rows: readonly ToldCount[]): number => rows.reduce((sum, row) => sum + row.messages, 0);
  return {
    pages: total(messages.filter(({ urgency }) => urgency === 'page')),
    digests: total(messages.filter(({ urgency }) => urgency === 'digest')),
    inDigests: total(digested),
  };
}

/** What `shiftwatch backtest` prints: the budget, and what it is made of. */
export function backtestReport(found: Backtest): string {
  const { span, given } = found;
  const weeks = (span.untilMs - span.sinceMs) / (7 * DAY_MS);
  const rows = RUNS.map(([name, of]) => {
    const told = of(found);
    const { pages, digests, inDigests } = budgetOf(told);
    return [name, pages, perWeek(pages, weeks), digests, inDigests, told.shown, told.retrainRequests].map(
      String,
    );
  });
  const dayOf = (ms: number): string => new Date(ms).toLocaleDateString('en-CA', { timeZone: span.timezone });
  return [
    `${budgetLine(budgetOf(given), budgetOf(found.impatient), weeks)}\n`,
    `From ${dayOf(span.sinceMs)} to ${dayOf(span.untilMs)}, ${span.timezone}: ${span.models.join(', ')}\n`,
    textTable(['', 'PAGES', 'A WEEK', 'DIGESTS', 'TOLD IN THEM', 'ONLY SHOWN', 'RETRAININGS'], rows),
    ...section('BY CHANNEL', ['CHANNEL', 'URGENCY', 'KIND', 'MODEL', 'MESSAGES'], given.messages, (row) => [
      row.channel,
      row.urgency,
      words(row.kind),
      row.model ?? '-',
    ]),
    ...section('BY DAY', ['DAY', 'URGENCY', 'MESSAGES'], given.messages, (row) => [row.day, row.urgency]),
    ...section('TOLD IN DIGESTS', ['CHANNEL', 'KIND', 'MODEL', 'NOTIFICATIONS'], given.digested, (row) => [
      row.channel,
      words(row.kind),
      row.model ?? '-',
    ]),
  ].join('\n');
}

function budgetLine(given: Budget, impatient: Budget, weeks: number): string {
  const say = ({ pages, digests }: Budget): string =>
    `${perWeek(pages, weeks)} pages and ${perWeek(digests, weeks)} digests`;
  return `${say(given)} a week; ${say(impatient)} with for: 1.`;
}

/** For example 13 in 4.3 weeks: `3`. */
function perWeek(count: number, weeks: number): string {
  const rate = count / weeks;
  return rate === 0 || rate >= 10 ? rate.toFixed(0) : rate.toFixed(1).replace(/\.0$/, '');
}

function section(
  title: string,
  headings: readonly string[],
  counts: readonly ToldCount[],
  keyOf: (row: ToldCount) => string[],
): string[] {
  if (counts.length === 0) return [];
  const groups = Map.groupBy(counts, (row) => JSON.stringify(keyOf(row)));
  const rows = [...groups.values()].flatMap((of) =>
    of
      .slice(0, 1)
      .map((first) => [...keyOf(first), String(of.reduce((sum, { messages }) => sum + messages, 0))]),
  );
  return [`${title}\n\n${textTable(headings, rows)}`];
}

export function backtestJson(found: Backtest): string {
  const { span, warnings } = found;
  const run = (told: Told): object => {
    const { pages, digests, inDigests } = budgetOf(told);
    return {
      pages,
      digests,
      told_in_digests: inDigests,
      only_shown: told.shown,
      retrain_requests: told.retrainRequests,
      messages: told.messages,
      digested: told.digested,
    };
  };
  return `${JSON.stringify(
    {
      since: new Date(span.sinceMs).toISOString(),
      until: new Date(span.untilMs).toISOString(),
      timezone: span.timezone,
      models: span.models,
      given: run(found.given),
      for_1: run(found.impatient),
      running: run(found.running),
      sent: run(found.sent),
      notes: warnings,
    },
    null,
    2,
  )}\n`;
}
