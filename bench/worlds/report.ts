import { wilsonInterval } from '../../src/stats/intervals.ts';
import type { BenchWorld } from './bench-world.ts';
import type { PlayedCase } from './play-case.ts';

type Cases = readonly PlayedCase[];
type Is = (one: PlayedCase) => boolean;

/** What was said in a world, in Markdown. */
export function report({ name, about, heldBack }: BenchWorld, played: Cases): string {
  const healthy = played.filter(({ group }) => group === 'healthy');
  const shifts = played.filter(({ group }) => group === 'shift');
  const faults = played.filter(({ group }) => group === 'fault');
  return [
    `## ${name}${heldBack ? ' (held back)' : ''}\n\n${about}\n`,
    table(['', 'cases', 'share', '95 % interval'], summaryRows(played)),
    accusedTable('Accused in healthy windows', healthy, ({ claimed }) => claimed),
    accusedTable('Doubted in healthy windows', healthy, ({ readings }) => readings),
    verdictTable('Shifts', shifts),
    verdictTable('Faults', faults),
    reliabilityTable(played),
  ].join('\n');
}

/** The figures by which a world is judged. */
export function summaryRows(played: Cases): string[][] {
  const healthy = played.filter(({ group }) => group === 'healthy');
  const shifts = played.filter(({ group }) => group === 'shift');
  const faults = played.filter(({ group }) => group === 'fault');
  const claimable = faults.filter(({ answer }) => answer.isClaimable);
  const doubtful = faults.filter(({ answer }) => !answer.isClaimable);
  const retrains: Is = ({ advice }) => advice === 'retrain';
  const isOpen: Is = ({ verdict }) => verdict === 'undetermined';
  return [
    shareRow('healthy: **a false fault**', healthy, accuses),
    shareRow('healthy: undetermined', healthy, isOpen),
    shareRow(
      'healthy: another false verdict',
      healthy,
      (one) => !one.isRight && !accuses(one) && !isOpen(one),
    ),
    shareRow('healthy: told to retrain', healthy, retrains),
    shareRow('shifts named right', shifts, ({ isRight }) => isRight),
    shareRow(
      '… those large enough',
      shifts.filter(({ meetsBar }) => meetsBar),
      ({ isRight }) => isRight,
    ),
    shareRow('shifts: a false fault', shifts, accuses),
    shareRow('shifts: undetermined', shifts, isOpen),
    shareRow('claimable faults **claimed, with the column**', claimable, ({ named }) => named === 'claimed'),
    shareRow('… at least read', claimable, ({ named }) => named === 'claimed' || named === 'read'),
    shareRow('claimable faults: **told to retrain**', claimable, retrains),
    shareRow(
      'other faults claimed or read',
      doubtful,
      ({ named }) => named === 'claimed' || named === 'read',
    ),
    shareRow('faults: an innocent column accused', faults, accusesAnother),
    shareRow('other faults: told to retrain', doubtful, retrains),
  ];
}

const accusesAnother: Is = ({ claimed, answer: { columns } }) =>
  columns.length > 0 && claimed.some(({ feature }) => !columns.includes(feature));
const accuses: Is = ({ claimed }) => claimed.length > 0;

function shareRow(name: string, cases: Cases, is: Is): string[] {
  if (cases.length === 0) return [name, '0', '–', '–'];
  const count = cases.filter(is).length;
  const [low, high] = wilsonInterval(count, cases.length);
  return [
    name,
    `${count} of ${cases.length}`,
    percent(count / cases.length),
    `${percent(low)} to ${percent(high)}`,
  ];
}

function accusedTable(title: string, cases: Cases, said: (one: PlayedCase) => PlayedCase['claimed']): string {
  const counts = counted(
    cases.flatMap((one) => [...new Set(said(one).map(({ fault, feature }) => `${fault}|${feature}`))]),
  );
  if (counts.length === 0) return `${title}: nothing.\n`;
  const lines = counts.map(([key, count]) => {
    const [fault = '', feature = ''] = key.split('|');
    const example = cases.flatMap(said).find((each) => each.fault === fault && each.feature === feature);
    return [`\`${fault}\``, feature, String(count), example?.detail ?? ''];
  });
  return `${title}\n\n${table(['fault', 'column', 'windows', 'for example'], lines)}`;
}

/** What happened, and what was said of it: the verdicts, and how far a fault was named. */
function verdictTable(title: string, cases: Cases): string {
  const lines = [...new Set(cases.map(({ happened }) => happened))].sort().map((happened) => {
    const own = cases.filter((one) => one.happened === happened);
    const first = own[0];
    const named = counted(own.flatMap((one) => (one.named === null ? [] : [one.named])));
    return [
      happened,
      first !== undefined && first.answer.isClaimable ? 'yes' : '',
      `${own.filter(({ isRight }) => isRight).length} of ${own.length}`,
      counted(own.map(({ verdict }) => verdict))
        .map(spelled)
        .join(', '),
      named.map(spelled).join(', '),
      String(own.filter(({ advice }) => advice === 'retrain').length || ''),
    ];
  });
  return `${title}\n\n${table(['what happened', 'claimable', 'right', 'verdicts', 'fault', 'retrain'], lines)}`;
}

const LEVELS = [0, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0001];

/** Cases by the confidence given: how often it was right. `undetermined` claims nothing. */
export function reliabilityTable(played: Cases): string {
  const said = played.filter(({ verdict }) => verdict !== 'undetermined');
  const lines = LEVELS.slice(1).flatMap((high, i) => {
    const low = LEVELS[i] ?? 0;
    const own = said.filter(({ confidence }) => confidence >= low && confidence < high);
    if (own.length === 0) return [];
    const mean = own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length;
    const right = own.filter(({ isRight }) => isRight).length;
    const [from, to] = wilsonInterval(right, own.length);
    return [
      [
        `${percent(low)} to ${percent(Math.min(1, high))}`,
        String(own.length),
        percent(mean),
        percent(right / own.length),
        `${percent(from)} to ${percent(to)}`,
      ],
    ];
  });
  return table(['confidence', 'cases', 'mean', 'right', '95 % interval'], lines);
}

/** What was wrong, a line a case. */
export function wrongCases(played: Cases): string {
  const lines = played
    .filter((one) => !one.isRight)
    .map(({ group, at, seed, happened, verdict, confidence, advice, claimed, summary }) => {
      const said = claimed.map(({ fault, feature }) => `${fault} ${feature}`).join(', ');
      return `${group} ${at} (seed ${seed}): ${happened} → ${verdict} ${confidence.toFixed(2)}, ${advice}${said === '' ? '' : ` [${said}]`}\n    ${summary}`;
    });
  return `${lines.join('\n')}\n`;
}

function counted<T extends string>(items: readonly T[]): [T, number][] {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]);
}

const spelled = ([name, count]: readonly [string, number]): string => `${count} ${name}`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${row(head)}${row(head.map(() => '---'))}${lines.map(row).join('')}`;
}
