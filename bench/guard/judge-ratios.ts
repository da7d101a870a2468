import { type KeptRow, type RatioName, RATIOS, type Ratios } from './kept-ratios.ts';

/** A ratio may be so much of the kept one; less is a fall by more than a fifth. */
export const LEAST = 0.8;
/** Of each processor: with more at work beside it, wall and processor time say little. */
const MOST_LOAD = 0.3;

export interface Judged {
  readonly name: RatioName;
  readonly of: 'wall' | 'cpu';
  readonly now: number;
  /** Of the last row that has it; null: it was never kept. */
  readonly kept: { readonly value: number; readonly row: KeptRow } | null;
  readonly fell: boolean;
}

/** Each ratio that was measured beside the last kept one. A number that is none has fallen. */
export function judgeRatios(now: Ratios, rows: readonly KeptRow[]): Judged[] {
  return RATIOS.flatMap((name) => {
    const measured = now[name];
    if (measured === undefined) return [];
    const row = rows.findLast(({ ratios }) => ratios[name] !== undefined);
    return (['wall', 'cpu'] as const).map((of) => {
      const value = row?.ratios[name]?.[of];
      const kept = row === undefined || value === undefined ? null : { value, row };
      const isNumber = Number.isFinite(measured[of]);
      return {
        name,
        of,
        now: measured[of],
        kept,
        fell: !isNumber || (kept !== null && measured[of] < LEAST * kept.value),
      };
    });
  });
}

/** Why what is measured now would say nothing; null when the machine is quiet. */
export function tooBusy(load: number, processors: number): string | null {
  const most = MOST_LOAD * processors;
  return load <= most
    ? null
    : `load average ${load.toFixed(2)} before anything began, at most ${most.toFixed(1)} is quiet enough for ${processors} processors`;
}

/** One screen: every ratio, and below it what fell. */
export function screenOf(judged: readonly Judged[], here: Pick<KeptRow, 'machine' | 'command'>): string {
  const lines = judged.map(({ name, of, now, kept, fell }) =>
    [
      name.padEnd(18),
      (of === 'cpu' ? 'CPU' : of).padEnd(5),
      now.toFixed(2).padStart(7),
      (kept?.value.toFixed(2) ?? 'none').padStart(7),
      (kept === null ? '' : (now / kept.value).toFixed(2)).padStart(7),
      fell ? '   FELL' : '',
    ].join(''),
  );
  const fallen = judged.filter(({ fell }) => fell);
  const never = judged.filter(({ kept }) => kept === null).length;
  const elsewhere = (['machine', 'command'] as const).flatMap((fact) => {
    const others = new Set(judged.flatMap(({ kept }) => (kept === null ? [] : [kept.row[fact]])));
    others.delete(here[fact]);
    return others.size === 0
      ? []
      : [`kept with another ${fact}: ${[...others].join('; ')}; this is ${here[fact]}`];
  });
  return [
    `${'ratio'.padEnd(23)}${'now'.padStart(7)}${'kept'.padStart(7)}${'×'.padStart(7)}`,
    ...lines,
    '',
    ...elsewhere,
    ...(never === 0 ? [] : [`${never} of ${judged.length} were never kept, and are held against nothing`]),
    ...(fallen.some(({ name }) => name === 'b to a')
      ? [
          '"b to a" is of kafkajs alone, where no line of shiftwatch runs: it is the machine or Node that changed',
        ]
      : []),
    fallen.length === 0
      ? `no ratio fell below ${LEAST} of the kept one`
      : `${fallen.length} of ${judged.length} fell below ${LEAST} of the kept one`,
    '',
  ].join('\n');
}
