/**
 * How often a run of windows gets the pattern it has, and one in which nothing happened gets any: the tables of
 * docs/records/statistics.md, on simulated runs.
 *
 *   node bench/time-pattern/main.ts [RUNS] [KIND]
 */
import { courseOf } from '../../src/stats/pattern/course.ts';
import { chooseShape } from '../../src/stats/pattern/choose-shape.ts';
import { timePattern } from '../../src/stats/pattern/time-pattern.ts';
import type { PatternOverTime } from '../../src/stats/pattern/time-pattern.ts';
import { createRandom } from '../../src/stats/random.ts';
import { simulateRun } from './simulated-runs.ts';
import type { RunKind } from './simulated-runs.ts';

const RUNS = Number(process.argv[2] ?? 200);
const WINDOWS = [12, 24, 60, 200];
const ROWS = [300, 1000];
const EFFECTS = [0.3, 0.5, 1, 2];
const ALL: readonly RunKind[] = ['sudden', 'gradual', 'incremental', 'recurring', 'sudden_on_season'];
const KINDS = ALL.filter((kind) => process.argv[3] === undefined || process.argv[3] === kind);

function falseAlarms(): void {
  console.log(
    '| windows | windows independent, spread as rows | spread three times as far | autocorrelated 0.5 | 0.8 |',
  );
  console.log('|---|---|---|---|---|');
  for (const windows of [...WINDOWS, 400]) {
    const runs = windows > 100 ? Math.ceil(RUNS / 2) : 5 * RUNS;
    const rates = [
      { scale: 1, autocorrelation: 0 },
      { scale: Math.sqrt(3), autocorrelation: 0 },
      { scale: 1.5, autocorrelation: 0.5 },
      { scale: 1.5, autocorrelation: 0.8 },
    ].map(({ scale, autocorrelation }, at) => {
      const random = createRandom(100 * windows + at);
      const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      let alarms = 0;
      for (let run = 0; run < runs; run++) {
        let shared = normal();
        const values = Array.from({ length: windows }, () => {
          shared = autocorrelation * shared + Math.sqrt(1 - autocorrelation ** 2) * normal();
          return scale * shared;
        });
        const positions = values.map((_, i) => i);
        const chosen = chooseShape(
          courseOf(
            positions,
            values,
            values.map(() => 1),
          ),
        );
        if (chosen?.shape !== 'constant') alarms += 1;
      }
      return `${percent(alarms / runs)} of ${runs}`;
    });
    console.log(`| ${windows} | ${rates.join(' | ')} |`);
  }
}

function power(): void {
  console.log('\n| kind | windows | rows | 0.3 σ | 0.5 σ | 1 σ | 2 σ |');
  console.log('|---|---|---|---|---|---|---|');
  for (const kind of KINDS) {
    for (const windows of WINDOWS.slice(0, 3)) {
      for (const rows of ROWS) {
        const cells = EFFECTS.map((effect) => foundIn(kind, windows, rows, effect));
        console.log(`| ${kind.replaceAll('_', ' ')} | ${windows} | ${rows} | ${cells.join(' | ')} |`);
      }
    }
  }
}

function foundIn(kind: RunKind, windows: number, rows: number, effect: number): string {
  let named = 0;
  let covered = 0;
  const others = new Map<string, number>();
  for (let run = 0; run < RUNS; run++) {
    const seed = 7919 * run + windows + rows;
    const { track, changeAt } = simulateRun({ kind, windows, rows, effect, seed });
    const found = timePattern([...track.counts.keys()], [track]);
    if (found === null) throw new Error('too few windows');
    if (isNamed(kind, found)) {
      named += 1;
      if (found.change !== null && found.change.from <= changeAt && changeAt <= found.change.to) covered += 1;
    } else others.set(found.pattern, (others.get(found.pattern) ?? 0) + 1);
  }
  const most = [...others].sort((a, b) => b[1] - a[1])[0];
  const inside = kind.startsWith('sudden') && named > 0 ? `, inside ${percent(covered / named)}` : '';
  const else_ =
    most !== undefined && most[1] >= 0.05 * RUNS ? ` (${most[0]} ${percent(most[1] / RUNS)})` : '';
  return `${percent(named / RUNS)}${inside}${else_}`;
}

function isNamed(kind: RunKind, { pattern, period }: PatternOverTime): boolean {
  if (kind === 'sudden_on_season') return pattern === 'sudden';
  return kind === pattern && (kind !== 'recurring' || period === 6);
}

function percent(share: number): string {
  const shown = share * 100;
  return `${shown > 0 && shown < 10 ? shown.toFixed(1) : shown.toFixed(0)} %`;
}

if (KINDS.length === ALL.length) falseAlarms();
power();
