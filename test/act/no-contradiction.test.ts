/** Whatever was found, no sentence of a message contradicts another. Random findings, in the words they are told in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageContent } from '../../src/act/message/message-content.ts';
import type { MessageContent } from '../../src/act/message/content.ts';
import type { FaultFinding } from '../../src/core/faults.ts';
import type {
  Diagnosis,
  Performance,
  PerformanceSplit,
  ShiftKind,
  VerdictKind,
} from '../../src/core/findings.ts';
import type { IncidentNews } from '../../src/core/jobs.ts';
import { adviceFor } from '../../src/diagnose/advice.ts';
import type { InputAnswer, LabelAnswers } from '../../src/diagnose/answers.ts';
import {
  inputEvidence,
  labelEvidence,
  performanceEvidence,
  splitEvidence,
} from '../../src/diagnose/evidence.ts';
import { performanceChange, type PerformanceChange } from '../../src/diagnose/performance-change.ts';
import type { RelationBound } from '../../src/diagnose/relation/relation-bound.ts';
import type { RowSamples } from '../../src/diagnose/samples/row-samples.ts';
import { summarise } from '../../src/diagnose/summary.ts';
import { formatShortTime, formatTime } from '../../src/words/format.ts';
import { sampleNotification } from './sample-notification.ts';

const START = Date.UTC(2026, 2, 1, 9);
const HOUR = 3_600_000;

const p = fc.double({ min: -12, max: 0, noNaN: true }).map((power) => 10 ** power);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const name = fc.array(fc.constantFrom('age', 'price', 'of the', 'night', 'Straße', 'eur'), {
  minLength: 1,
  maxLength: 8,
});
const names = fc.array(
  name.map((words) => words.join(' ')),
  { minLength: 1, maxLength: 6 },
);

const performance: fc.Arbitrary<PerformanceChange> = fc
  .record({
    before: share,
    now: share,
    p,
    areas: fc.option(fc.tuple(share, share, p)),
    recall: fc.option(fc.tuple(share, share, p)),
  })
  .map(({ before, now, p: value, areas, recall }) => {
    const metric = (reference: number, current: number, p_value: number) => ({
      reference,
      current,
      interval: null,
      p_value,
    });
    const metrics = {
      accuracy: metric(before, now, value),
      ...(areas !== null && { roc_auc: metric(...areas) }),
      ...(recall !== null && { recall: metric(...recall) }),
    };
    return performanceChange({ metrics } as unknown as Performance)!;
  });

const split: fc.Arbitrary<PerformanceSplit> = fc
  .record({ mix: share, concept: fc.double({ min: -0.5, max: 0.5, noNaN: true }), half: share })
  .map(({ mix, concept, half }) => ({
    metric: 'accuracy',
    total: mix + concept,
    mix,
    concept,
    interval: [concept - half / 2, concept + half / 2],
  }));

const bound: fc.Arbitrary<RelationBound> = fc
  .record({ bound: share, outside: share })
  .map((each) => ({ ...each, isShare: true, isHeld: each.bound < 0.05 && each.outside < 0.05 }));

const answers: fc.Arbitrary<LabelAnswers> = fc
  .record({
    concept: p,
    conditional: p,
    labels: p,
    within: p,
    overall: p,
    unjudged: fc.option(share),
    outside: fc.option(share),
  })
  .map(
    (each) =>
      ({
        inputP: 1,
        labelP: each.labels,
        concept: {
          p: each.concept,
          blocks: [{ feature: 'age', name: 'age', statistic: 12, p: each.concept }],
          oneSided: each.unjudged === null ? null : { feature: 'age', share: each.unjudged },
          outside: each.outside === null ? null : { feature: 'income', share: each.outside },
        },
        conditional: { p: each.conditional, column: 'age' },
        shift: { withinLabels: 1, withinLabelsP: each.within, overall: 2, overallP: each.overall },
      }) as unknown as LabelAnswers,
  );

const LABELLED = {
  label: {
    kind: 'levels',
    levels: ['no', 'yes'],
    reference: Int32Array.of(0, 1, 0, 1),
    current: Int32Array.of(0, 1, 1, 1),
  },
} as unknown as RowSamples;

const KINDS: readonly (readonly [VerdictKind, readonly ShiftKind[]])[] = [
  ['covariate_shift', ['covariate_shift']],
  ['label_shift', ['label_shift']],
  ['concept_drift', ['concept_drift']],
  ['mixed', ['covariate_shift', 'concept_drift']],
  ['data_fault', ['data_fault']],
  ['none', []],
  ['undetermined', []],
];

interface Found {
  readonly diagnosis: Diagnosis;
  readonly performance: PerformanceChange | null;
  readonly answers: LabelAnswers | null;
  readonly split: PerformanceSplit | null;
  readonly news: IncidentNews;
}

const found: fc.Arbitrary<Found> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    names,
    performance: fc.option(performance),
    answers: fc.option(answers),
    split: fc.option(split),
    bound: fc.option(bound),
    confidence: share,
    toldTypes: fc.subarray(KINDS.flatMap(([, types]) => (types.length === 1 ? types : []))),
    message: fc.constantFrom('firing', 'reminder', 'resolved', 'corrected'),
    windows: fc.integer({ min: 0, max: 40 }),
    faultHour: fc.integer({ min: 0, max: 60 }),
    later: fc.option(fc.integer({ min: 1, max: 40 })),
  })
  .filter(({ kind: [, types], answers: asked }) =>
    // Neither is claimed without labels, and a relation is claimed only of a test that rejects.
    types.every(
      (type) =>
        (type !== 'concept_drift' && type !== 'label_shift') || (asked !== null && asked.concept.p < 0.001),
    ),
  )
  .map((given): Found => {
    const [verdict, types] = given.kind;
    const hasFault = types.includes('data_fault');
    const isMoved = types.includes('concept_drift');
    const known = given.answers;
    const parted = known === null || hasFault ? null : given.split;
    const windowStartMs = START + given.windows * HOUR;
    const faults: FaultFinding[] = hasFault
      ? given.names.map((feature, at) => ({
          fault: at % 3 === 2 ? 'constant_value' : 'unit_change',
          feature,
          detail: 'values fit °C → °F',
          share: 1,
          statistic: 0.01,
          p_value: null,
          since: new Date(windowStartMs + given.faultHour * 60_000).toISOString(),
        }))
      : [];
    const input: InputAnswer = {
      moved: types.includes('covariate_shift')
        ? given.names.map((each) => ({ name: each, metrics: { psi: 0.4 }, p_value: 1e-9 }) as never)
        : [],
      movedP: 1e-9,
      quietP: 0.4,
      columns: 12,
    };
    const advice = adviceFor(verdict, types, { isLost: given.performance?.lost ?? false });
    const limits = isMoved || known === null ? null : given.bound;
    const summary = summarise({
      verdict,
      types,
      advice,
      faults,
      input,
      answers: known,
      labelled: known === null ? null : LABELLED,
      performance: given.performance,
      strata: null,
      split: parted,
      bound: limits,
      odds: null,
      windowStartMs,
    });
    const evidence = [
      ...inputEvidence(input, hasFault),
      ...(known === null ? [] : labelEvidence(known, LABELLED, { bound: limits, split: parted, isMoved })),
      ...(given.performance === null ? [] : performanceEvidence(given.performance, hasFault)),
      ...(parted === null ? [] : [splitEvidence(parted)]),
    ];
    const diagnosis: Diagnosis = {
      verdict,
      types: [...types],
      not_tested: known === null && !hasFault ? ['concept_drift'] : [],
      confidence: given.confidence,
      evidence,
      faults,
      summary,
      advice,
      reason: null,
    };
    const news = sampleNotification({
      kind: given.message,
      diagnosis,
      subjects: given.names,
      features: [],
      performance: null,
      sinceMs: START,
      windowStartMs,
      windowEndMs: windowStartMs + HOUR,
      ...(given.later !== null && {
        later: { types: ['concept_drift'], sinceMs: START + given.later * HOUR } as const,
      }),
      firedVerdict: verdict === 'none' || verdict === 'undetermined' ? 'covariate_shift' : verdict,
      ...(given.message === 'resolved' && { overByMs: windowStartMs - HOUR, toldTypes: given.toldTypes }),
      ...(given.message === 'corrected' && {
        correction: { told: 'concept_drift', incident: 'open' } as const,
      }),
    });
    return { diagnosis, performance: given.performance, answers: known, split: parted, news };
  });

function contentOf({ news }: Found): MessageContent {
  return messageContent(news, { publicUrl: null, timeZone: 'UTC' });
}

/** Everything that is said, line by line. */
function linesOf(content: MessageContent): string[] {
  const { headline, summary, advice, facts, evidence } = content;
  return [
    headline,
    summary ?? '',
    advice?.title ?? '',
    advice?.text ?? '',
    ...facts.map(([label, value]) => `${label}: ${value}`),
    ...evidence,
  ];
}

function holds(rule: (said: string, each: Found, content: MessageContent) => void): void {
  fc.assert(
    fc.property(found, (each) => {
      const content = contentOf(each);
      rule(linesOf(content).join('\n'), each, content);
    }),
    { numRuns: 400, seed: 20_260_301 },
  );
}

describe('no message', () => {
  it('says that a relation held beside a split that excludes it', () => {
    holds((said, { split: parted }) => {
      if (parted !== null && (parted.interval[0] > 0 || parted.interval[1] < 0)) {
        expect(said).not.toMatch(/held/);
      }
    });
  });

  it('says that no loss is shown beside a p that shows one', () => {
    holds((said, { performance: change, diagnosis, split: parted }) => {
      if (change === null || diagnosis.verdict === 'data_fault') return;
      const { worse, lost, p: value, beside, worsened = [] } = change;
      const isWorse =
        (worse && value !== null && value < 0.05) || beside !== undefined || worsened.length > 0;
      if (isWorse) expect(said).not.toMatch(/no loss|no significant loss/);
      const dear = parted?.metric === 'accuracy' ? parted.interval[1] < 0 : (parted?.interval[0] ?? 0) > 0;
      if (dear) expect(said).not.toContain('no loss');
      if (!lost && beside === undefined) expect(said).not.toMatch(/performance fell/);
    });
  });

  it('says “without labels” beside figures of labels, or “not tested” beside what is said to have changed', () => {
    holds((said, { performance: change, answers: known, diagnosis }) => {
      if (change !== null || known !== null) expect(said).not.toMatch(/without labels/);
      if (diagnosis.not_tested.includes('concept_drift')) {
        expect(said).not.toMatch(/relation between inputs and outcomes has changed|lead to other labels/);
      }
    });
  });

  it('gives advice against what was found', () => {
    holds((said, { diagnosis }, { advice }) => {
      if (advice === null) return;
      if (!diagnosis.types.includes('concept_drift'))
        expect(advice.text).not.toMatch(/relation .* has changed/);
      if (diagnosis.types.includes('data_fault')) expect(said).not.toMatch(/: retrain\.|^Retrain$/m);
      if (diagnosis.verdict === 'undetermined') expect(advice.text).not.toMatch(/inputs have moved/);
    });
  });

  it('has two beginnings, or counts what came after the end', () => {
    holds((said, { news }, { headline, subject, facts }) => {
      const since = formatShortTime(news.sinceMs, 'UTC');
      expect(subject).toContain(`since ${since}`);
      if (news.kind !== 'corrected') expect(headline).toContain(since);
      // What labels added to the inputs has its own, the same wherever it is said.
      const { later, diagnosis } = news;
      const isLater = later !== undefined && diagnosis.verdict === 'mixed';
      const says = news.kind === 'firing' || news.kind === 'reminder';
      const added = `since ${formatShortTime(later?.sinceMs ?? 0, 'UTC')}`;
      expect(headline.includes(`and concept drift ${added}`)).toBe(isLater && says);
      const [, stated = ''] = facts.find(([label]) => label === 'Since') ?? [];
      const addedAt = formatTime(later?.sinceMs ?? 0, 'UTC');
      expect(stated.endsWith(`(covariate shift), ${addedAt} (concept drift)`)).toBe(isLater);
      // A fault of the whole window began with it at the latest, and only one within it has a moment of its own.
      const started = new Date(news.windowStartMs).toISOString().slice(0, 16).replace('T', ' ');
      if (news.windowStartMs !== news.sinceMs) expect(said).not.toContain(`since ${started} UTC`);
      const lasted = facts.find(([label]) => label === 'Lasted');
      expect(lasted === undefined).toBe(news.kind !== 'resolved');
    });
  });

  it('has a headline of more than 25 words, or words of the code', () => {
    holds((said, _, { headline }) => {
      expect(headline.split(/\s+/).length).toBeLessThanOrEqual(25);
      expect(said).not.toMatch(/\b[a-z]+_[a-z_]+\b/);
    });
  });
});
