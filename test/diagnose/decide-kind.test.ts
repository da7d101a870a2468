import { describe, expect, test } from 'vitest';
import type { InputAnswer, LabelAnswers } from '../../src/diagnose/answers.ts';
import { decideKind, decideWithoutLabels } from '../../src/diagnose/decide-kind.ts';
import type { Kind } from '../../src/diagnose/decide-kind.ts';
import { VERDICT_ALPHA } from '../../src/diagnose/thresholds.ts';
import type { FeatureComparison } from '../../src/core/findings.ts';

/** p-values of the questions a verdict rests on; 0.5 where a question stayed quiet. */
interface Questions {
  /** P(X), beyond the floor. */
  input?: number;
  /** P(X) on the labelled rows, without a floor. */
  inputSample?: number;
  label?: number;
  concept?: number;
  /** Mistakes beyond what the mix of rows explains. */
  loss?: number;
  everywhere?: number;
  uneven?: number;
  conditional?: number;
  /** Shifts of the index in standard errors. */
  overall?: number;
  withinLabels?: number;
  readonly rare?: number;
  readonly isOfClasses?: boolean;
}

const TWO_SIDED: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 0.317],
  [3, 0.0027],
  [6, 2e-9],
]);

const moved = { name: 'income', metrics: { psi: 0.4 } } as unknown as FeatureComparison;

function answersTo(q: Questions): [InputAnswer, LabelAnswers] {
  const inputs: InputAnswer = {
    moved: q.input === undefined ? [] : [moved],
    movedP: q.input ?? 1,
    quietP: 0.5,
    columns: 10,
  };
  const empty = new Float64Array();
  const overall = q.overall ?? 0;
  const withinLabels = q.withinLabels ?? 0;
  const everywhere = q.everywhere ?? 0.5;
  const everywhereStatistic = everywhere < 1e-3 ? 36 : everywhere < 0.05 ? 9 : 0.4;
  const answers: LabelAnswers = {
    ...(q.loss !== undefined && { lossP: q.loss }),
    inputP: q.inputSample ?? q.input ?? 0.5,
    independentInputP: q.inputSample ?? q.input ?? 0.5,
    labelP: q.label ?? 0.5,
    rareShare: q.rare ?? 0.05,
    isOfClasses: q.isOfClasses ?? true,
    concept: {
      p: q.concept ?? 0.5,
      blocks: [],
      everywhereP: everywhere,
      everywhereStatistic,
      uneven: [],
      unevenP: q.uneven ?? 1,
      step: { class: 'ill', logOdds: 1 },
      index: { reference: empty, current: empty },
      response: empty,
      samples: {
        rows: { reference: 0, current: 0 },
        features: [],
        mismatched: [],
        score: null,
        prediction: null,
        label: null,
        referenceMs: null,
        currentMs: null,
        habits: new Map(),
        aside: new Map(),
      },
      oneSided: null,
      outside: null,
    },
    conditional: { p: q.conditional ?? 0.5, tests: 10, column: null },
    shift: {
      overall,
      overallP: TWO_SIDED.get(overall) ?? 1,
      withinLabels,
      withinLabelsP: TWO_SIDED.get(withinLabels) ?? 1,
      labelOverConcept: (overall ** 2 - withinLabels ** 2) / 2,
      labelOverCovariate: (everywhereStatistic - withinLabels ** 2) / 2,
      isMeasured: false,
    },
  };
  return [inputs, answers];
}

const CASES: readonly [string, Questions, Kind][] = [
  ['nothing moved', {}, 'none'],
  ['only the inputs', { input: 1e-9 }, 'covariate_shift'],
  [
    'the inputs, and the labels with them',
    { input: 1e-9, label: 1e-6, conditional: 1e-5, withinLabels: 6 },
    'covariate_shift',
  ],
  [
    'inputs and labels, nothing else refuted, the relation at ease',
    { input: 1e-9, label: 1e-6, withinLabels: 3, overall: 6 },
    'covariate_shift',
  ],
  [
    'inputs and labels, nothing else refuted, the classes at ease',
    { input: 1e-9, label: 1e-6, everywhere: 0.003, overall: 6 },
    'label_shift',
  ],
  ['everything but P(X|y)', { input: 1e-9, label: 1e-20, concept: 1e-9, overall: 6 }, 'label_shift'],
  [
    'everything but P(X)',
    { label: 1e-9, concept: 1e-9, conditional: 1e-9, withinLabels: 6 },
    'concept_drift',
  ],
  ['the relation, but not the labels', { concept: 1e-9 }, 'concept_drift'],
  [
    'the relation, labels of days that differ as much, and the index over all rows alone',
    { label: 0.06, concept: 1e-6, overall: 3 },
    'undetermined',
  ],
  [
    'the relation, labels that may have moved and inputs with them, rows of a class at ease',
    { input: 1e-9, label: 0.01, concept: 1e-9, overall: 6 },
    'label_shift',
  ],
  [
    'the same where rows of a class are others',
    { input: 1e-9, label: 0.01, concept: 1e-9, conditional: 1e-9, overall: 6, withinLabels: 6 },
    'mixed',
  ],
  ["the relation by the model's mistakes only", { concept: 0.02, loss: 1e-6 }, 'concept_drift'],
  ['mistakes far from where losses were learned', { input: 1e-9, loss: 1e-6 }, 'covariate_shift'],
  ['the relation unevenly, inputs quiet', { label: 1e-9, concept: 1e-9, uneven: 1e-9 }, 'concept_drift'],
  [
    'everything',
    { input: 1e-9, label: 1e-9, concept: 1e-9, conditional: 1e-9, overall: 6, withinLabels: 6 },
    'mixed',
  ],
  [
    'inputs and an uneven relation',
    { input: 1e-9, label: 1e-9, concept: 1e-9, uneven: 1e-9, overall: 6 },
    'mixed',
  ],
  ['a common step, the index moved over all rows', { label: 1e-9, concept: 1e-9, overall: 3 }, 'label_shift'],
  [
    'a common step, the index moved within classes',
    { label: 1e-9, concept: 1e-9, withinLabels: 3 },
    'concept_drift',
  ],
  [
    'a common step, and the index does not say',
    { label: 1e-9, concept: 1e-9, overall: 1, withinLabels: 1 },
    'label_shift',
  ],
  [
    'a common step, the index does not say, and the classes are under suspicion',
    { label: 1e-9, concept: 1e-9, conditional: 0.01, overall: 1, withinLabels: 1 },
    'concept_drift',
  ],
  [
    'only the labels, the relation under suspicion',
    { label: 1e-9, concept: 0.01, overall: 3 },
    'label_shift',
  ],
  [
    'a common step of classes that are both common, and the index does not say',
    { label: 1e-9, concept: 1e-9, overall: 1, withinLabels: 1, rare: 0.4 },
    'undetermined',
  ],
  [
    'a common step, the index far away over all rows and among rows of a class alike',
    { label: 1e-9, concept: 1e-9, overall: 6, withinLabels: 6 },
    'undetermined',
  ],
  [
    'only the labels, the relation under suspicion and rows of a class others',
    { label: 1e-6, concept: 0.01, conditional: 1e-9, withinLabels: 3 },
    'concept_drift',
  ],
  [
    'only the labels, and hardly',
    { label: 5e-4, concept: 0.01, conditional: 1e-9, withinLabels: 3 },
    'undetermined',
  ],
  [
    'only the labels, by a step that is not beyond chance',
    { label: 1e-6, concept: 1, everywhere: 0.01, conditional: 1e-9, withinLabels: 3 },
    'undetermined',
  ],
  ['only the labels, and nothing to go by', { label: 1e-9 }, 'undetermined'],
  [
    'inputs below the floor beside a label shift',
    { inputSample: 1e-9, label: 1e-9, concept: 1e-9, overall: 6 },
    'label_shift',
  ],
  [
    'inputs below the floor beside a concept that left the labels alone',
    { inputSample: 1e-9, concept: 1e-9, conditional: 1e-9 },
    'concept_drift',
  ],
];

describe('decideKind', () => {
  test.each(CASES)('%s', (_, questions, kind) => {
    const decision = decideKind(...answersTo(questions), VERDICT_ALPHA);
    expect(decision.kind).toBe(kind);
    expect(decision.confidence).toBeGreaterThan(0);
    expect(decision.confidence).toBeLessThanOrEqual(1);
  });

  test('a pure kind below 0.8 is undetermined', () => {
    const questions = { label: 1e-9, concept: 1e-9, conditional: 2e-4, withinLabels: 6, inputSample: 1.5e-4 };
    const decision = decideKind(...answersTo(questions), VERDICT_ALPHA);
    expect(decision.confidence).toBeLessThan(0.8);
    expect(decision.kind).toBe('undetermined');
  });

  test.each([
    ['one step everywhere is another mix of labels', { everywhere: 1e-9 }, true],
    ['an uneven one is not', { everywhere: 1e-9, uneven: 1e-3 }, undefined],
    ['nor one that is not seen everywhere', {}, undefined],
    ['nor one that left the labels alone', { everywhere: 1e-9, label: 0.2 }, undefined],
    ['nor one of numbers', { everywhere: 1e-9, isOfClasses: false }, undefined],
  ])('beside moved inputs %s', (_, questions, isOneStep) => {
    const moved = { input: 1e-9, label: 1e-9, concept: 1e-9, conditional: 1e-9, ...questions };
    expect(decideKind(...answersTo(moved), VERDICT_ALPHA)).toMatchObject({ kind: 'mixed' });
    expect(decideKind(...answersTo(moved), VERDICT_ALPHA).isOneStep).toBe(isOneStep);
  });

  test('beside a fault a weak second kind does not count', () => {
    const questions = { concept: 1e-4 };
    expect(decideKind(...answersTo(questions), VERDICT_ALPHA).kind).toBe('concept_drift');
    expect(decideKind(...answersTo(questions), 1e-5).kind).toBe('none');
  });
});

describe('decideWithoutLabels', () => {
  test('the inputs moved, or they did not', () => {
    const [input] = answersTo({ input: 1e-9 });
    expect(decideWithoutLabels(input, VERDICT_ALPHA).kind).toBe('covariate_shift');
    const [quiet] = answersTo({});
    expect(decideWithoutLabels(quiet, VERDICT_ALPHA)).toMatchObject({
      kind: 'none',
      confidence: 0.5 / 0.5001,
    });
  });
});
