/**
 * `npm run bench:pooled -- [--null 20000] [--changes 200] [--rows 10000]`: false alarms of windows together, and how soon
 * a small change of one feature is told. Independent rows.
 *
 * `--without-times`: beside a reference that has none; changes after `--known` windows. With `--weather 0.12 --memory 0.9 --share 1` days have one, in standard
 * deviations, and so many of the features: then only false alarms are counted, in series of `--known` windows.
 */
import { parseArgs } from 'node:util';
import { Series, type Setting } from './simulate.ts';

const WINDOW_ROWS = 500;
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
    features: { type: 'string', default: '50' },
    'without-times': { type: 'boolean', default: false },
    known: { type: 'string', default: '31' },
    weather: { type: 'string', default: '0' },
    memory: { type: 'string', default: '0.9' },
    share: { type: 'string', default: '1' },
  },
});
const rows = Number(values.rows);
const features = Number(values.features);
const weather = Number(values.weather);
/** Windows before anything is counted, so that every length is looked at; of days with a weather none. */
const warmUp = weather > 0 ? 0 : Number(values.known);
const windowsOfAReference = weather > 0 ? Number(values.known) : WINDOWS_OF_A_REFERENCE;

function settingOf(shift: Setting['shift']): Setting {
  const setting = { referenceRows: rows, windowRows: WINDOW_ROWS, features, shift };
  if (!values['without-times']) return setting;
  const days = { weather, memory: Number(values.memory), share: Number(values.share) };
  return { ...setting, withoutTimes: days };
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
    for (let at = 0; at < warmUp + windowsOfAReference; at += 1) {
      const pooled = series.next(-1);
      if (at >= warmUp) {
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
    for (let at = 0; at < warmUp; at += 1) series.next(-1);
    let age = 0;
    while (age < LONGEST_DELAY && !series.next(age).includes('f0')) age += 1;
    return age + 1;
  });
  return found.sort((a, b) => a - b);
}

const { alarms, flagged, of } = falseAlarms(Number(values.null));
const per1000 = (count: number): string => ((1_000 * count) / of).toFixed(2);
process.stdout.write(
  `${rows} reference rows, windows of ${WINDOW_ROWS}, ${features} features\n` +
    `false alarms per 1,000 windows: ${per1000(alarms)} (${alarms} of ${of}); windows flagged: ${per1000(flagged)}\n`,
);
for (const [name, shift] of weather > 0 ? [] : CHANGES) {
  const found = delays(shift, Number(values.changes));
  const mean = found.reduce((sum, delay) => sum + delay, 0) / found.length;
  const p95 = found[Math.ceil(0.95 * found.length) - 1];
  process.stdout.write(`${name}: told after ${mean.toFixed(1)} windows on average, ${p95} in 95 %\n`);
}
