/** Real rows with what is known of them; see the README of the data sets. */
import { join } from 'node:path';
import { HOUR_MS, DAY_MS } from '../../../src/core/clock.ts';
import type { Column, Table } from '../../../src/core/table.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { WeakPoints } from '../../../src/simulate/worlds/ordinary-world.ts';

/** Rows in order of time or, without times, in any order. */
export interface RealSet {
  readonly name: string;
  readonly about: string;
  readonly heldBack: boolean;
  readonly classes: readonly [string, string];
  /** Of the rows in which no change is known: first, and the one behind the last. */
  readonly quiet: readonly [number, number];
  /** Among them, rows that nobody measured and somebody filled with one: a fault that is truly there. They are left out of the cases. */
  readonly filled?: readonly [number, number];
  readonly referenceRows: number;
  readonly windowRows: readonly number[];
  /** Rows follow each other in time; otherwise each case shuffles them anew. */
  readonly isTimed: boolean;
  readonly moves: boolean;
  readonly weak: WeakPoints;
  read(folder: string): Promise<Table>;
}

const NOTHING_WEAK: WeakPoints = {
  matters: [],
  units: [],
  swaps: [],
  flips: [],
  joined: [],
  fine: [],
  levels: [],
  company: [],
  flags: [],
  repeatsRows: true,
};

const times =
  (factor: number) =>
  (value: number): number =>
    value * factor;

/** Evenly spaced rows without times get the ones they were measured at. */
export function timed(table: Table, startMs: number, stepMs: number): Table {
  const { rows } = table;
  return { ...table, timestampMs: Float64Array.from({ length: rows }, (_, row) => startMs + row * stepMs) };
}

/** Classes by the names they are written with. */
const MODEL_OUTPUT = { prediction: 'y_pred', score: 'y_pred_proba', timestamp: 'timestamp' };

export function joined(one: Table, other: Table): Table {
  const both = (a: Column | null, b: Column | null): Column | null => (a && b ? appended(a, b) : null);
  const score = both(one.score, other.score);
  return {
    rows: one.rows + other.rows,
    features: one.features.map((column) => {
      const behind = other.features.find(({ name }) => name === column.name);
      if (behind === undefined) throw new Error(`${column.name} is in one of the files only`);
      return appended(column, behind);
    }),
    prediction: both(one.prediction, other.prediction),
    score: score?.kind === 'numeric' ? score : null,
    label: both(one.label, other.label),
    timestampMs:
      one.timestampMs && other.timestampMs && Float64Array.of(...one.timestampMs, ...other.timestampMs),
    predictionId: null,
  };
}

function appended(one: Column, other: Column): Column {
  if (one.kind === 'numeric' && other.kind === 'numeric') {
    const values = new Float64Array(one.values.length + other.values.length);
    values.set(one.values);
    values.set(other.values, one.values.length);
    return { ...one, values, invalid: one.invalid + other.invalid };
  }
  if (one.kind === 'numeric' || other.kind === 'numeric') throw new Error(`${one.name} is of two kinds`);
  const levels = [...new Set([...one.levels, ...other.levels])].sort();
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const coded = ({ codes, levels: own }: typeof one): Int32Array =>
    codes.map((code) => (code < 0 ? -1 : (codeOf.get(own[code] ?? '') ?? -1)));
  const codes = new Int32Array(one.codes.length + other.codes.length);
  codes.set(coded(one));
  codes.set(coded(other), one.codes.length);
  return { ...one, codes, levels };
}

export const CAR_LOAN: RealSet = {
  name: 'car_loan',
  about: 'loans for cars in order of time, up to the known change of 31 March 2019',
  heldBack: false,
  classes: ['1', '0'],
  quiet: [0, 75_000],
  referenceRows: 8_000,
  windowRows: [500, 800, 1_500],
  isTimed: true,
  moves: false,
  weak: {
    ...NOTHING_WEAK,
    matters: ['debt_to_income_ratio', 'car_value'],
    units: [
      { feature: 'debt_to_income_ratio', name: 'share → %', apply: times(100), isApart: true, isTold: true },
      { feature: 'car_value', name: '÷ 1000', apply: times(0.001), isApart: true, isTold: true },
      { feature: 'loan_length', name: 'months → days', apply: times(30), isApart: true, isTold: true },
    ],
    swaps: [['car_value', 'loan_length']],
    flips: ['debt_to_income_ratio', 'car_value'],
    fine: ['debt_to_income_ratio', 'driver_tenure'],
    levels: ['salary_range', 'size_of_downpayment'],
    flags: ['repaid_loan_on_prev_car'],
    repeatsRows: false,
  },
  async read(folder) {
    const read = async (file: string): Promise<Table> =>
      (await readTable(join(folder, file), { columns: { ...MODEL_OUTPUT, label: 'repaid' } })).table;
    return joined(await read('reference.csv.gz'), await read('monitoring.csv.gz'));
  },
};

/** What lies in the folder of shared data sets; the cars are in examples/, too. */
export const SHARED_SETS: readonly RealSet[] = [
  {
    name: 'electricity',
    about: 'prices and demand every half hour, from where all columns are alive; no truth known',
    heldBack: false,
    classes: ['UP', 'DOWN'],
    quiet: [17_760, 45_312],
    referenceRows: 4_032,
    windowRows: [336, 672],
    isTimed: true,
    moves: true,
    weak: {
      ...NOTHING_WEAK,
      matters: ['nswprice', 'nswdemand'],
      units: [{ feature: 'nswdemand', name: '× 1000', apply: times(1000), isApart: true, isTold: true }],
      flips: ['nswdemand'],
      joined: ['vicdemand'],
      fine: ['nswdemand', 'vicdemand'],
      levels: [],
    },
    async read(folder) {
      const { table } = await readTable(join(folder, 'elec2', 'electricity.csv.gz'), {
        columns: { label: 'class' },
        exclude: ['date'],
      });
      return timed(table, Date.UTC(1996, 4, 7), HOUR_MS / 2);
    },
  },
  {
    name: 'weather',
    about: 'fifty years of days; rain or not; the seasons, and what else moved',
    heldBack: false,
    classes: ['1', '0'],
    quiet: [0, 18_159],
    referenceRows: 2_190,
    windowRows: [230, 365, 730],
    isTimed: true,
    moves: true,
    weak: {
      ...NOTHING_WEAK,
      matters: ['temperature', 'visibility'],
      units: [
        {
          feature: 'temperature',
          name: '°F → °C',
          apply: (value) => Math.round((10 * (value - 32)) / 1.8) / 10,
          isApart: false,
          isTold: true,
        },
        { feature: 'sea_level_pressure', name: '÷ 10', apply: times(0.1), isApart: true, isTold: true },
      ],
      flips: ['temperature'],
      joined: ['dew_point'],
      fine: ['temperature', 'sea_level_pressure'],
      repeatsRows: false,
    },
    async read(folder) {
      const { table } = await readTable(join(folder, 'noaa_weather', 'noaa_weather.csv.gz'), {
        columns: { label: 'rain' },
      });
      return timed(table, Date.UTC(1949, 0, 1), DAY_MS);
    },
  },
  {
    name: 'adult',
    about: 'people and whether they earn more than 50,000, in no order and without times',
    heldBack: false,
    classes: ['>50K', '<=50K'],
    quiet: [0, 48_842],
    referenceRows: 5_000,
    windowRows: [400, 800, 1_500],
    isTimed: false,
    moves: false,
    weak: {
      ...NOTHING_WEAK,
      matters: ['age', 'hours-per-week'],
      units: [{ feature: 'age', name: 'years → months', apply: times(12), isApart: true, isTold: true }],
      swaps: [['age', 'hours-per-week']],
      flips: ['age'],
      joined: ['education-num', 'education'],
      fine: ['fnlwgt'],
      levels: ['workclass', 'race'],
      repeatsRows: true,
    },
    async read(folder) {
      return (await readTable(join(folder, 'adult_uci', 'adult.csv.gz'), { columns: { label: 'class' } }))
        .table;
    },
  },
  {
    name: 'housing',
    about: 'districts of California with the output of a model, one an hour, in order of where they lie',
    heldBack: true,
    classes: ['1', '0'],
    quiet: [0, 5_832],
    referenceRows: 2_500,
    windowRows: [400, 700],
    isTimed: false,
    moves: false,
    weak: {
      ...NOTHING_WEAK,
      matters: ['MedInc', 'AveRooms'],
      units: [{ feature: 'MedInc', name: '× 1000', apply: times(1000), isApart: true, isTold: true }],
      swaps: [['AveRooms', 'HouseAge']],
      flips: ['Latitude', 'MedInc'],
      joined: ['Longitude', 'Latitude'],
      fine: ['MedInc', 'AveRooms'],
      repeatsRows: false,
    },
    async read(folder) {
      const path = join(folder, 'nannyml_california_housing', 'california_housing_reference.csv.gz');
      const columns = { ...MODEL_OUTPUT, label: 'clf_target', predictionId: 'id' };
      return (await readTable(path, { columns })).table;
    },
  },
  {
    name: 'wine',
    about: 'red and white wines, in no order and without times',
    heldBack: true,
    classes: ['1', '0'],
    quiet: [0, 6_497],
    referenceRows: 2_500,
    windowRows: [300, 600],
    isTimed: false,
    moves: false,
    weak: {
      ...NOTHING_WEAK,
      matters: ['attribute_0', 'attribute_9'],
      units: [{ feature: 'attribute_9', name: '× 1000', apply: times(1000), isApart: true, isTold: true }],
      flips: ['attribute_0', 'attribute_6'],
      joined: ['attribute_6'],
      fine: ['attribute_7'],
      repeatsRows: true,
    },
    async read(folder) {
      const path = join(folder, 'wine_quality', 'wine_feature_drift_normalised.csv.gz');
      return (await readTable(path, { columns: { label: 'class' } })).table;
    },
  },
  {
    name: 'ozone',
    about: '72 measures of seven years of days, and whether there was much ozone',
    heldBack: true,
    classes: ['2', '1'],
    quiet: [0, 2_534],
    filled: [1_629, 1_804],
    referenceRows: 1_200,
    windowRows: [240, 365],
    isTimed: true,
    moves: true,
    weak: {
      ...NOTHING_WEAK,
      matters: ['V1', 'V60'],
      units: [{ feature: 'V1', name: '× 1000', apply: times(1000), isApart: true, isTold: true }],
      flips: ['V70'],
      joined: ['V28'],
      fine: [],
      repeatsRows: false,
    },
    async read(folder) {
      const { table } = await readTable(join(folder, 'ozone_uci', 'ozone.csv.gz'), {
        columns: { label: 'class' },
      });
      return timed(table, Date.UTC(1998, 0, 1), DAY_MS);
    },
  },
];
