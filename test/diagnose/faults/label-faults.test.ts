import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { draws } from '../../../src/simulate/draws.ts';
import {
  labelUnit,
  labelUnitByValues,
  labelUnitInPart,
} from '../../../src/diagnose/faults/labels/label-unit.ts';
import { labelsRespelled } from '../../../src/diagnose/faults/labels/labels-respelled.ts';
import { pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { numeric } from '../../simulate/table-of-rows.ts';
import type { Table } from '../../../src/core/table.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 2);

interface Row {
  readonly place: number;
  readonly x: number;
  readonly z: number;
  readonly shop: string;
  readonly index: number;
  readonly label: 'approve' | 'deny' | null;
}

const turned = ({ label }: Row): Row['label'] =>
  label === null ? null : label === 'approve' ? 'deny' : 'approve';

interface Change {
  /** Log odds of the current rows. */
  readonly concept?: (row: { x: number; z: number }, index: number) => number;
  readonly label?: (row: Row, chance: number) => Row['label'];
}

/** Two numbers and a shop that lead to the label; the score is the model's own opinion. */
function judged(seed: number, { concept, label }: Change, z = 1, rowsNow = 1500): Diagnosis {
  const draw = draws(seed);
  const side = (rows: number, startMs: number, isCurrent: boolean): Parameters<typeof tableOf>[0] => {
    const drawn = Array.from({ length: rows }, (_, i): Row => {
      const features = { x: draw.normal(), z: draw.normal() };
      const shop = ['north', 'south', 'west'][draw.choice([3, 2, 1])] ?? '';
      const before = 0.2 + features.x - z * 0.8 * features.z + (shop === 'south' ? 0.7 * z : 0);
      const index = isCurrent ? (concept?.(features, before) ?? before) : before;
      const row: Row = {
        ...features,
        place: i / rows,
        shop,
        index: before,
        label: draw.uniform() < 1 / (1 + Math.exp(-index)) ? 'approve' : 'deny',
      };
      return isCurrent && label !== undefined ? { ...row, label: label(row, draw.uniform()) } : row;
    });
    return {
      features: {
        x: drawn.map((row) => row.x),
        z: drawn.map((row) => row.z),
        shop: drawn.map((row) => row.shop),
      },
      score: drawn.map(({ index }) => 1 / (1 + Math.exp(-0.9 * index))),
      label: drawn.map((row) => row.label),
      timestampMs: drawn.map(({ place }) => startMs + place * 168 * HOUR_MS),
    };
  };
  const reference = tableOf(side(3000, START_MS - 168 * HOUR_MS, false));
  const current = tableOf(side(rowsNow, START_MS, true));
  return judge('classification', { reference, current });
}

describe('labels exchanged', () => {
  test('in all rows', () => {
    const diagnosis = judged(1, { label: turned });
    expect(diagnosis).toMatchObject({ verdict: 'data_fault', advice: 'fix_pipeline' });
    expect(diagnosis.faults).toMatchObject([{ fault: 'labels_inverted', feature: 'label', share: 1 }]);
    expect(diagnosis.faults[0]?.detail).toContain('would have had to reverse 3 columns');
  });

  test('from a moment on, and when', () => {
    const [fault] = judged(2, { label: (row) => (row.place > 0.6 ? turned(row) : row.label) }).faults;
    expect(fault).toMatchObject({ fault: 'labels_inverted', feature: 'label' });
    expect(fault?.share).toBeCloseTo(0.4, 1);
    const hours = (Date.parse(fault?.since ?? '') - START_MS) / HOUR_MS;
    expect(Math.abs(hours - 0.6 * 168)).toBeLessThan(3);
  });

  test('of one shop', () => {
    const [fault] = judged(3, { label: (row) => (row.shop === 'north' ? turned(row) : row.label) }).faults;
    expect(fault).toMatchObject({ fault: 'labels_inverted', feature: 'label' });
    expect(fault?.detail).toContain('where shop is north');
  });

  test('of one shop in a window that hardly shows it a person looks first', () => {
    const seeds = Array.from({ length: 16 }, (_, i) => 40 + i);
    const said = seeds.map((seed) => {
      const change: Change = { label: (row) => (row.shop === 'west' ? turned(row) : row.label) };
      return judged(seed, change, 1, 700);
    });
    // Eleven where the relation of all rows together had to break first.
    expect(said.filter(({ reason }) => reason === 'fault_or_change').length).toBeGreaterThan(11);
  });

  test('a relation that weakened, or turned in one column, is a concept', () => {
    expect(judged(4, { concept: (_, index) => 0.2 * index }).verdict).toBe('concept_drift');
    expect(judged(5, { concept: ({ x }, index) => index - 1.4 * x }).verdict).toBe('concept_drift');
  });

  test('some of one class recorded as the other: a reading, and nobody retrains', () => {
    const lost = (row: Row, chance: number): Row['label'] =>
      row.label === 'approve' && chance < 0.5 ? 'deny' : row.label;
    const diagnosis = judged(8, { label: lost });
    expect(diagnosis).toMatchObject({ verdict: 'undetermined', advice: 'watch' });
    expect(diagnosis.summary).toContain('would be of class approve');
    // Fewer of all, in odds or by a relation that weakened, is a change of the world.
    expect(judged(9, { concept: (_, index) => index - 1 }).verdict).not.toBe('undetermined');
    expect(judged(10, { concept: (_, index) => 0.5 * index - 0.8 }).verdict).toBe('concept_drift');
  });

  test('of a class that few have it is a label shift, and labels that are lost are told beside it', () => {
    const draw = draws(45);
    const side = (rows: number, kept: number): Table => {
      const drawn = Array.from({ length: rows }, () => {
        const [x, z] = [draw.normal(), draw.normal()];
        const isIll = draw.uniform() < 1 / (1 + Math.exp(5.2 - 2.2 * x)) && draw.uniform() < kept;
        return { x, z, label: isIll ? 'ill' : 'well' };
      });
      return tableOf({
        features: { x: drawn.map(({ x }) => x), z: drawn.map(({ z }) => z) },
        label: drawn.map(({ label }) => label),
      });
    };
    const diagnosis = judge('classification', { reference: side(12_000, 1), current: side(5_000, 0.3) });
    expect(diagnosis).toMatchObject({ verdict: 'label_shift', advice: 'reweight' });
    expect(diagnosis.readings?.map(({ fault }) => fault)).toEqual(['labels_lost']);
    expect(diagnosis.summary).toContain('Besides: the pipeline may have broken label');
  });

  test('one column alone may well have turned: both readings, and nobody retrains', () => {
    const diagnosis = judged(6, { label: turned }, 0);
    expect(diagnosis).toMatchObject({ verdict: 'undetermined', advice: 'watch', reason: 'fault_or_change' });
    expect(diagnosis.readings?.map(({ fault }) => fault)).toContain('labels_inverted');
  });
});

describe('labels lost', () => {
  const withoutApproved = (row: Row, chance: number): Row['label'] =>
    row.label === 'approve' && chance < 0.6 ? null : row.label;

  test('of one class', () => {
    const diagnosis = judged(11, { label: withoutApproved });
    expect(diagnosis).toMatchObject({ verdict: 'data_fault', advice: 'fix_pipeline' });
    expect(diagnosis.faults).toMatchObject([{ fault: 'labels_lost', feature: 'label' }]);
    expect(diagnosis.not_tested).toEqual(expect.arrayContaining(['label_shift', 'concept_drift']));
  });

  test('labels that come later for one class are a reading', () => {
    const late = (row: Row, chance: number): Row['label'] =>
      row.label === 'approve' && chance < row.place ? null : row.label;
    const diagnosis = judged(12, { label: late });
    expect(diagnosis).toMatchObject({ verdict: 'undetermined', advice: 'watch' });
    expect(diagnosis.readings?.map(({ fault }) => fault)).toContain('labels_lost');
  });

  test('labels of some rows only, chosen by what is known of them, or by chance, are no fault', () => {
    const chosen = judged(13, {
      label: (row, chance) => (chance < (row.index > 0 ? 0.6 : 0.1) ? null : row.label),
    });
    const some = judged(14, { label: (row, chance) => (chance < 0.4 ? null : row.label) });
    for (const diagnosis of [chosen, some]) {
      expect(diagnosis.faults).toEqual([]);
      expect(diagnosis.readings).toBeUndefined();
    }
  });
});

describe('labels as they are logged', () => {
  test('in another unit lie as closely to the predictions as before', () => {
    const side = (seed: number, factor: number, spread = 0.1): Table => {
      const draw = draws(seed);
      const predicted = Array.from({ length: 400 }, () => 50 * Math.exp(draw.normal()));
      const label = predicted.map((each) => factor * each * Math.exp(spread * draw.normal()));
      const table = tableOf({ features: { x: predicted }, label });
      return { ...table, prediction: numeric('prediction', predicted) };
    };
    const unit = (factor: number, spread?: number) =>
      labelUnit(pairSamples(side(1, 1), side(2, factor, spread)));
    expect(unit(1000)?.suspicion.finding).toMatchObject({ fault: 'unit_change', feature: 'label' });
    expect(unit(1000)?.suspicion.finding.detail).toContain('labels are 1.0');
    expect(unit(1 / 1000)?.suspicion.finding.detail).toContain('1/984 of');
    expect(unit(3)).toBeNull();
    expect(unit(1000, 0.5)).toBeNull();
  });

  test('in another unit in some of the rows, or by what their digits tell', () => {
    const side = (seed: number, change: (label: number, row: number) => number, branch = 'a'): Table => {
      const draw = draws(seed);
      const predicted = Array.from({ length: 1_000 }, () => 50 * Math.exp(0.4 * draw.normal()));
      const label = predicted.map((each, row) =>
        change(Math.round(each * Math.exp(0.1 * draw.normal())), row),
      );
      const features = { x: predicted, branch: label.map((_, row) => (row % 5 === 0 ? branch : 'a')) };
      return { ...tableOf({ features, label }), prediction: numeric('prediction', predicted) };
    };
    const same = side(1, (label) => label);
    const inPart = (change: (label: number, row: number) => number, branch?: string) =>
      labelUnitInPart(pairSamples(same, side(2, change, branch)))?.suspicion;
    const gramsInFifth = (label: number, row: number): number => (row % 5 === 0 ? 1_000 * label : label);
    expect(inPart(gramsInFifth)?.finding).toMatchObject({
      fault: 'unit_change',
      feature: 'label',
      share: 0.2,
    });
    expect(inPart(gramsInFifth)?.otherwise).toBeUndefined();
    expect(inPart(gramsInFifth, 'b')?.otherwise).toContain('branch b');
    expect(inPart((label) => label)).toBeUndefined();
    expect(inPart((label, row) => (row % 5 === 0 ? 4 * label : label))).toBeUndefined();
    expect(inPart((label, row) => (row % 5 === 0 ? (1 + row) * label : label))).toBeUndefined();
    const byValues = (change: (label: number) => number) =>
      labelUnitByValues(pairSamples(same, side(2, change)))?.suspicion.finding.detail;
    expect(byValues((label) => Math.round(2.204_622_622 * label * 100) / 100)).toContain('kg → lb');
    expect(byValues((label) => Math.round(2.2 * label + 0.5))).toBeUndefined();
    const pounds = side(2, (label) => Math.round(2.204_622_622 * label * 100) / 100);
    const followed = { ...pounds, prediction: { ...pounds.label!, name: 'prediction' } };
    expect(labelUnitByValues(pairSamples(same, followed))).toBeNull();
  });

  test('in another spelling are no other classes', () => {
    const side = (names: readonly string[]) =>
      tableOf({
        features: { x: Array.from({ length: 300 }, (_, i) => i) },
        label: Array.from({ length: 300 }, (_, i) => names[i % names.length]!),
      });
    const respelled = (names: readonly string[]) =>
      labelsRespelled(pairSamples(side(['tech', 'billing', 'other']), side(names)));
    expect(respelled(['TECH', 'Billing', 'other'])?.suspicion.finding).toMatchObject({
      fault: 'category_rename',
      feature: 'label',
    });
    expect(respelled(['tech', 'billing', 'sales'])).toBeNull();
  });
});
