/**
 * `npm run bench:pooled -- [--null 20000] [--changes 200] [--rows 10000]`: false alarms of windows together, and how soon
 * a small change of one feature is told. Independent rows.
 */
import { parseArgs } from 'node:util';
import { Series, type Setting } from './simulate.ts';

const WINDOW_ROWS = 500;
const FEATURES = 50;
/** Before anything is counted, so that every length is looked at. */
const WARM_UP = 31;
const WINDOWS_OF_A_REFERENCE = 100;
const LONGEST_DELAY = 120;

const CHANGES: readonly (readonly [string, (age: number) => number])[] = [
  ['0.3 σ', () => 0.3],
  ['0.2 σ', () => 0.2],
  ['0.15 σ', () => 0.15],
  ['0.1 σ', () => 0.1],
  ['1 % of σ a window', (age) => 0.01 * (age + 1)],
];

const { values } = parseArgs({
  options: {
    null: { type: 'string', default: '20000' },
    changes: { type: 'string', default: '200' },
    rows: { type: 'string', default: '10000' },
  },
});
const rows = Number(values.rows);

function settingOf(shift: Setting['shift']): Setting {
  return { referenceRows: rows, windowRows: WINDOW_ROWS, features: FEATURES, shift };
}

/** Windows in which some feature is newly accused, and windows in which one is, of as many as there are. */
function falseAlarms(windows: number): {
  readonly alarms: number;
  readonly flagged: number;
  readonly of: number;
} {
  let [alarms, flagged, of] = [0, 0, 0];
  for (let reference = 0; of < windows; reference += 1) {
    const series = new Series(
      settingOf(() => 0),
      1_000 + reference,
    );
    let before = new Set<string>();
    for (let at = 0; at < WARM_UP + WINDOWS_OF_A_REFERENCE; at += 1) {
      const pooled = series.next(-1);
      if (at >= WARM_UP) {
        of += 1;
        if (pooled.length > 0) flagged += 1;
        if (pooled.some((name) => !before.has(name))) alarms += 1;
      }
      before = new Set(pooled);
    }
    process.stderr.write(`\r${of} windows without a change`);
  }
  process.stderr.write('\n');
  return { alarms, flagged, of };
}

/** Windows from the change to the one that tells it, that one included, in order of length. */
function delays(shift: Setting['shift'], count: number): number[] {
  const found = Array.from({ length: count }, (_, reference) => {
    const series = new Series(settingOf(shift), 500_000 + reference);
    for (let at = 0; at < WARM_UP; at += 1) series.next(-1);
    let age = 0;
    while (age < LONGEST_DELAY && !series.next(age).includes('f0')) age += 1;
    return age + 1;
  });
  return found.sort((a, b) => a - b);
}

const { alarms, flagged, of } = falseAlarms(Number(values.null));
const per1000 = (count: number): string => ((1_000 * count) / of).toFixed(2);
process.stdout.write(
  `${rows} reference rows, windows of ${WINDOW_ROWS}, ${FEATURES} features\n` +
    `false alarms per 1,000 windows: ${per1000(alarms)} (${alarms} of ${of}); windows flagged: ${per1000(flagged)}\n`,
);
for (const [name, shift] of CHANGES) {
  const found = delays(shift, Number(values.changes));
  const mean = found.reduce((sum, delay) => sum + delay, 0) / found.length;
  const p95 = found[Math.ceil(0.95 * found.length) - 1];
  process.stdout.write(`${name}: told after ${mean.toFixed(1)} windows on average, ${p95} in 95 %\n`);
}
