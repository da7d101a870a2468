import { expect, test } from 'vitest';
import type { Comparison, Diagnosis, FeatureComparison, ShiftKind } from '../../src/core/findings.ts';
import { type IncidentSpan, IncidentCourse } from '../../src/judge/incident-course.ts';
import { WindowHistory } from '../../src/judge/earlier-windows.ts';
import { normalTwoSided } from '../../src/stats/distributions.ts';
import { poolWindows } from '../../src/judge/pool-windows.ts';

interface Said {
  readonly types?: readonly ShiftKind[];
  readonly faults?: readonly string[];
  readonly weak?: boolean;
  /** Rows of the window in the two bins of its only feature; the reference has them alike. */
  readonly counts?: readonly [number, number];
  /** Of the relation, by 500 labels; absent: there are none. */
  readonly relationP?: number;
  /** Standard errors of accuracy below the reference's; absent: there is no such figure. */
  readonly worse?: number;
  /** It cannot be told what moved. */
  readonly open?: boolean;
}

function windowOf({
  types = [],
  faults = [],
  weak = false,
  counts = [250, 250],
  relationP,
  worse,
  open = false,
}: Said): Comparison {
  const feature = {
    name: 'x',
    kind: 'numeric',
    status: 'ok',
    p_value: 0.5,
    drifted: types.includes('covariate_shift'),
    counts: { bins: [0, null], reference: [5_000, 5_000], current: [...counts] },
  } as unknown as FeatureComparison;
  const diagnosis = {
    verdict: weak || open ? 'undetermined' : (types[0] ?? 'none'),
    ...(open && { reason: 'conflicting_evidence' }),
    types: [...types, ...(faults.length > 0 ? ['data_fault'] : [])],
    faults: faults.map((fault) => ({ fault: 'constant_value', feature: fault })),
    evidence: relationP === undefined ? [] : [{ claim: '', statistic: 'score_test', p_value: relationP }],
  } as unknown as Diagnosis;
  const performance =
    relationP === undefined ? null : { labelled: { current: 500 }, metrics: metricsOf(worse) };
  return { features: [feature], diagnosis, performance } as unknown as Comparison;
}

function metricsOf(worse: number | undefined): object {
  if (worse === undefined) return {};
  return { accuracy: { reference: 0.8, current: 0.8 - 0.01 * worse, p_value: normalTwoSided(worse) } };
}

function spansOf(...said: readonly Said[]): IncidentSpan[] {
  const history = new WindowHistory(new Map());
  const course = new IncidentCourse({
    isBack: (...asked) => history.isBack(...asked),
    restart: (last) => history.restart(last),
    hasRelationMoved: () => true,
  });
  for (const each of said) {
    const window = windowOf(each);
    const pooled = poolWindows(window, history.windows, {
      healthy: new Map(),
      settings: new Map(),
      minRows: 200,
    });
    const judged = { ...window, ...pooled };
    history.add(judged);
    course.add(judged);
  }
  return course.spans;
}

const times = (count: number, said: Said = {}): Said[] => Array.from({ length: count }, () => said);
const shifted: Said = { types: ['covariate_shift'], counts: [350, 150] };

test('one window that shifted is none, two in a row are one from the first on', () => {
  expect(spansOf(...times(5), shifted, ...times(3))).toEqual([]);
  expect(spansOf(...times(5), ...times(4, shifted))).toEqual([
    { fault: null, since: 5, told: 6, last: null },
  ]);
});

test('what only several windows show opens by itself, where it began', () => {
  const lasting: Said = { counts: [290, 210] };
  const [incident, ...others] = spansOf(...times(12), ...times(10, lasting));
  expect(others).toEqual([]);
  expect(incident?.fault).toBeNull();
  expect(incident?.last).toBeNull();
  expect(Math.abs((incident?.since ?? 0) - 12)).toBeLessThanOrEqual(1);
  expect(incident?.told).toBeLessThan(17);
});

test('it ends with the last window before some that bound it, and not by windows too weak to have seen it', () => {
  const spans = spansOf(
    ...times(4),
    ...times(3, shifted),
    ...times(3, { weak: true, counts: [5, 5] }),
    ...times(6),
  );
  expect(spans).toEqual([{ fault: null, since: 4, told: 5, last: 9 }]);
});

test('a verdict that flickers is one change', () => {
  const spans = spansOf(
    ...times(4),
    shifted,
    shifted,
    { counts: [300, 200] },
    shifted,
    { counts: [310, 190] },
    shifted,
  );
  expect(spans).toHaveLength(1);
});

test('a fault is an incident of its own, and its column says nothing of the world then', () => {
  const broken: Said = { faults: ['x'], counts: [500, 0] };
  expect(spansOf(...times(4), broken, broken, ...times(4))).toEqual([
    { fault: { fault: 'constant_value', feature: 'x' }, since: 4, told: 4, last: 5 },
  ]);
});

test('nor in a window between that is too small to show the fault', () => {
  const broken: Said = { faults: ['x'], counts: [500, 0] };
  expect(spansOf(...times(4), ...times(2, broken), { weak: true, counts: [190, 0] }, broken)).toEqual([
    { fault: { fault: 'constant_value', feature: 'x' }, since: 4, told: 4, last: null },
  ]);
});

test('a relation that moved is over once labels bound it, not because two windows said it more quietly', () => {
  const drift: Said = { types: ['concept_drift'], relationP: 1e-5 };
  const quietly: Said = { relationP: 0.05 };
  expect(spansOf(...times(4), drift, drift, ...times(3, quietly), drift, ...times(2, quietly))).toEqual([
    { fault: null, since: 4, told: 5, last: null },
  ]);
  expect(spansOf(...times(4), drift, drift, ...times(3, { relationP: 0.7 }))).toEqual([
    { fault: null, since: 4, told: 5, last: 5 },
  ]);
  // Without labels nobody has looked.
  expect(spansOf(...times(4), drift, drift, ...times(3))).toEqual([
    { fault: null, since: 4, told: 5, last: null },
  ]);
});

test('a window too small for the pool bounds nothing by not being looked at', () => {
  const history = new WindowHistory(new Map());
  const thin = windowOf({ weak: true, counts: [40, 20] });
  history.add(windowOf(shifted));
  history.add(thin);
  expect(thin.features[0]?.pooled).toBeUndefined();
  expect(history.isBack(thin.features, new Map([['x', 0.4]]), 1)).toBe(false);
  const back = windowOf({ counts: [250, 250] });
  history.add(back);
  expect(history.isBack(back.features, new Map([['x', 0.4]]), 1)).toBe(true);
});

test('what labels of several windows opened is one incident until as many bound it', () => {
  const lost: Said = { relationP: 0.3, worse: 1.8 };
  const less: Said = { relationP: 0.6, worse: 0.6 };
  const spans = spansOf(...times(4, { relationP: 0.5, worse: 0 }), lost, lost, ...times(3, less), lost, lost);
  expect(spans).toEqual([{ fault: null, since: 4, told: 5, last: null, byLabels: true }]);
});

test('windows between that could tell nothing are of the change', () => {
  const weak: Said = { weak: true, counts: [5, 5] };
  expect(spansOf(...times(4), shifted, weak, weak, shifted, shifted)).toEqual([
    { fault: null, since: 4, told: 7, last: null },
  ]);
});

test('what labels show within a change of features that goes on is an incident of its own', () => {
  const quiet: Said = { ...shifted, relationP: 0.6, worse: 0 };
  const drift: Said = { ...shifted, relationP: 0.004, worse: 0.9 };
  const spans = spansOf(
    ...times(4, { relationP: 0.5 }),
    ...times(8, quiet),
    ...times(5, drift),
    ...times(9, quiet),
  );
  expect(spans).toMatchObject([
    { since: 4, last: null },
    { since: 12, told: 13, last: 17, byLabels: true, within: { since: 4 } },
  ]);
});

test('what labels show from the beginning of a change is the change', () => {
  const both: Said = { ...shifted, relationP: 1e-5, worse: 3 };
  expect(spansOf(...times(4, { relationP: 0.5 }), ...times(9, both))).toHaveLength(1);
});

test('what began within a change of features goes on when that is over', () => {
  const quiet: Said = { ...shifted, relationP: 0.6, worse: 0 };
  const drift: Said = { relationP: 1e-4, worse: 1.5 };
  const spans = spansOf(
    ...times(4, { relationP: 0.5 }),
    ...times(6, quiet),
    ...times(2, { ...shifted, ...drift }),
    ...times(10, drift),
  );
  expect(spans).toMatchObject([
    { since: 4, last: 11 },
    { since: 10, last: null },
  ]);
});

test('two windows in which the model is worse and nobody knows why are an incident, over when it does as before', () => {
  const lost = { open: true, relationP: 0.01, worse: 6 };
  const well = { relationP: 0.6, worse: 0 };
  expect(spansOf(well, lost, lost, lost, well, well, well)).toMatchObject([{ since: 1, told: 2, last: 3 }]);
  expect(spansOf(well, lost, well, well)).toEqual([]);
});

test('a loss while the inputs had moved keeps nothing open once they are back', () => {
  const lossy: Said = { ...shifted, relationP: 0.5, worse: 2 };
  const spans = spansOf(...times(4), ...times(4, lossy), ...times(6, { relationP: 0.5, worse: 0.5 }));
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({ since: 4, told: 5 });
  expect(spans[0]!.last).toBeLessThan(9);
});
