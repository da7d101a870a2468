/**
 * The figures of docs/records/detectors.md: how often each detector is wrong when nothing changes, and how late when something
 * does, beside two dummies that look at nothing. `node test/stats/detectors/measure.ts` prints them.
 */
import { DETECTORS } from '../../../src/stats/detectors/registry.ts';
import { createDetector } from '../../../src/stats/detectors/create-detector.ts';
import { detectOverSeries } from '../../../src/stats/detectors/detect-over-series.ts';
import type { DriftAlarm } from '../../../src/stats/detectors/detect-over-series.ts';
import { electricityPrices, errorStream, errorsWithChange, numbersWithChange } from './streams.ts';

/** What is measured: alarms of one run over a series that nothing has been seen of before. */
type Run = (series: Float64Array) => readonly DriftAlarm[];

const DUMMIES: readonly (readonly [string, Run])[] = [
  ['dummy: never', () => []],
  [
    'dummy: every 1,000',
    (series) =>
      Array.from({ length: Math.floor(series.length / 1_000) }, (_, k) => ({
        index: 1_000 * k + 999,
        changeIndex: null,
      })),
  ],
];

function detector(name: string, options: Readonly<Record<string, number>> = {}): readonly [string, Run] {
  return [
    name,
    (series) => {
      const created = createDetector(name, options);
      if (!created.ok) throw new Error(created.error.detail);
      return detectOverSeries(series, created.value).drifts;
    },
  ];
}

const OF_ERRORS = [
  detector('adwin'),
  detector('page_hinkley'),
  detector('cusum'),
  detector('ddm'),
  detector('eddm'),
  detector('hddm_a'),
  detector('hddm_w'),
  detector('kswin'),
  ...DUMMIES,
];

/** Textbook values for standardised series: half a deviation is let pass, five to fifty are too much. */
const OF_NUMBERS = [
  detector('adwin', { standardize: 500 }),
  detector('page_hinkley', { standardize: 500, delta: 0.25, threshold: 20 }),
  detector('cusum', { standardize: 500, running_mean: 0, delta: 0.5, threshold: 10 }),
  detector('gma', { standardize: 500, threshold: 0.5 }),
  detector('kswin'),
  detector('bocd', { standardize: 500 }),
  ...DUMMIES,
];

const STREAMS = 20;
const QUIET = 10_000;
const BEFORE = 5_000;
/** A change that is not seen within so many values is missed. */
const WITHIN = 1_000;

type Row = readonly string[];

export function errorTable(): Row[] {
  return OF_ERRORS.map(([name, run]) => [
    name,
    falseAlarms(run, (seed) => errorsWithChange(seed, [QUIET, 0.1], [0, 0])),
    ...found(run, (seed) => errorsWithChange(seed, [BEFORE, 0.1], [WITHIN, 0.2])),
    ...found(run, (seed) => errorsWithChange(seed, [BEFORE, 0.1], [WITHIN, 0.3])),
  ]);
}

export function numberTable(): Row[] {
  return OF_NUMBERS.map(([name, run]) => [
    name,
    falseAlarms(run, (seed) => numbersWithChange(seed, QUIET, 0, 0)),
    ...found(run, (seed) => numbersWithChange(seed, BEFORE, WITHIN, 0.5)),
    ...found(run, (seed) => numbersWithChange(seed, BEFORE, WITHIN, 1)),
  ]);
}

/** The real streams: delay after each known change, and the alarms that belong to none. */
export function realTable(): Row[] {
  const streams = [errorStream('tornado_sine1'), errorStream('sea_street_kim')];
  return OF_ERRORS.map(([name, run]) => [
    name,
    ...streams.flatMap(({ values, changes }) => {
      const alarms = run(values).map(({ index }) => index);
      const first = changes.map((change) =>
        alarms.find((index) => index >= change && index < change + WITHIN),
      );
      const delays = first.map((index, k) => (index === undefined ? '–' : String(index - (changes[k] ?? 0))));
      const hits = first.filter((index) => index !== undefined).length;
      return [delays.join(', '), String(alarms.length - hits)];
    }),
  ]);
}

/** Windows: the default of `detect` over windows, on figures that are normal and on PSI of ten bins. */
export function windowTable(): Row[] {
  const options = {
    standardize: 20,
    running_mean: 0,
    min_values: 1,
    delta: 0.5,
    threshold: 10,
    two_sided: 1,
  };
  const [, run] = detector('cusum', options);
  const per = (alarms: number, windows: number): string => ((alarms / windows) * 1_000).toFixed(1);
  const shapes = [
    [
      'normal',
      (seed: number, before: number, shift: number) => numbersWithChange(seed, before, 100 - before, shift),
    ],
    ['psi', (seed: number, before: number, shift: number) => psiWindows(seed, before, shift)],
  ] as const;
  return shapes.map(([name, draw]) => {
    let quiet = 0;
    const delays: number[] = [];
    for (let seed = 1; seed <= 500; seed++) {
      quiet += run(draw(seed, 100, 0)).length;
      const hit = run(draw(seed, 60, 3)).find(({ index }) => index >= 60);
      if (hit !== undefined) delays.push(hit.index - 60);
    }
    return [name, per(quiet, 500 * 100), `${Math.round((delays.length / 500) * 100)} %`, median(delays)];
  });
}

/** PSI of ten bins follows χ² of nine degrees of freedom, whose deviation is √18. */
function psiWindows(seed: number, before: number, shift: number): Float64Array {
  const normals = numbersWithChange(seed, 900, 0, 0);
  return Float64Array.from({ length: 100 }, (_, window) => {
    let sum = window < before ? 0 : shift * Math.sqrt(18);
    for (let k = 0; k < 9; k++) sum += (((normals[9 * window + k] ?? 0) - 50) / 5) ** 2;
    return sum / 1_000;
  });
}

/** `vicprice` of ELEC2, standardised over 500 values: rows after the end of the constant until each alarm. */
export function electricityDelays(): Row[] {
  const { values, changes } = electricityPrices();
  const runs = [
    detector('cusum', { standardize: 500, running_mean: 0, delta: 0.5, threshold: 10 }),
    detector('adwin', { standardize: 500 }),
    detector('adwin'),
  ];
  return runs.map(([name, run]) => {
    const alarms = run(values).map(({ index }) => index);
    return [
      name,
      String(alarms.filter((index) => index < (changes[0] ?? 0)).length),
      String((alarms[0] ?? Number.NaN) - (changes[0] ?? 0)),
    ];
  });
}

function falseAlarms(run: Run, draw: (seed: number) => Float64Array): string {
  let alarms = 0;
  for (let seed = 1; seed <= STREAMS; seed++) alarms += run(draw(seed)).length;
  return (alarms / STREAMS).toFixed(2);
}

/** Share found in time, median delay, and median distance of the estimated beginning from the true one. */
function found(run: Run, draw: (seed: number) => Float64Array): Row {
  const delays: number[] = [];
  const misses: number[] = [];
  for (let seed = 1; seed <= STREAMS; seed++) {
    const hit = run(draw(seed)).find(({ index }) => index >= BEFORE);
    if (hit === undefined) continue;
    delays.push(hit.index - BEFORE);
    if (hit.changeIndex !== null) misses.push(Math.abs(hit.changeIndex - BEFORE));
  }
  return [`${Math.round((delays.length / STREAMS) * 100)} %`, median(delays), median(misses)];
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? '–' : String(middle);
}

/** What there is: name, what it reads, which changes it sees, options with their defaults, source. */
export function registryTable(): Row[] {
  const reads = { number: 'any numbers', unit: '0 to 1', binary: '0 and 1' };
  return DETECTORS.map(({ name, takes, sees, warns, options, paper }) => [
    `\`${name}\``,
    reads[takes],
    `${sees.replaceAll('_', ' ')}${warns ? ', with warnings' : ''}`,
    options.map((option) => `${option.name}=${option.default}`).join(' '),
    paper,
  ]);
}

/** As they stand in the document. */
export function markdown(rows: readonly Row[]): string {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

if (import.meta.main) {
  for (const table of [registryTable, errorTable, numberTable, realTable, windowTable, electricityDelays]) {
    const started = performance.now();
    process.stdout.write(`${markdown(table())}\n`);
    process.stderr.write(`${table.name}: ${Math.round(performance.now() - started)} ms\n`);
  }
}
