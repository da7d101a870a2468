import type { Task } from '../../core/model.ts';
import { pause } from '../../core/memory/pauses.ts';
import { chiSquareSurvival, normalQuantile } from '../../stats/distributions.ts';
import { meanAndDeviation } from '../pooled.ts';
import { affordable } from './affordable-rows.ts';
import { responseOf } from './asked-response.ts';
import { withCurrentColumn } from './design-matrix.ts';
import type { Design, Richness } from './design-matrix.ts';
import { fitWithinLevels } from './level-effects.ts';
import type { WithinFit } from './level-effects.ts';
import { fitLinear, fitLogistic } from './null-model.ts';
import type { NullModel } from './null-model.ts';
import { commonSupport } from '../samples/common-support.ts';
import type { CommonSupport } from '../samples/common-support.ts';
import { allRows, drawOfAll } from '../samples/picks.ts';
import { selectRows, spokenFeatures } from '../samples/row-samples.ts';
import type { RowSamples } from '../samples/row-samples.ts';
import { SUSPICIOUS } from '../thresholds.ts';
import { besideStretches } from './reference-stretches.ts';
import { relationSpread } from './relation-spread.ts';
import type { RelationSpread } from './relation-spread.ts';
import { indexOf, rowIndex, withoutStep } from './row-index.ts';
import type { RowIndex } from './row-index.ts';
import { scoreTests } from './score-test.ts';
import type { Block, BlockTest } from './score-test.ts';
import { testedResponses } from './tested-responses.ts';
import type { TestedResponse } from './tested-responses.ts';
import { oneSidedOf, treesColumn, viewsOf } from './views.ts';
import type { OneSided, View } from './views.ts';
import { EVERYWHERE, everywhere, featureZones, numericZones } from './zones.ts';
import type { ZoneWeights } from './zones.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

const REFERENCE_TIMES = 10;
const MIN_REFERENCE_ROWS = 3_000;
const MIN_EVENTS = 10;
const MIN_ZONE_ROWS = 15;

export interface ConceptBlock extends BlockTest {
  /** The feature whose zones were tried; null for blocks of the whole window. */
  readonly feature: string | null;
}

/** The answer to "did P(y|X) move?" */
export interface ConceptTest {
  /** Smallest p-value times the number of blocks tried, at most 1. */
  readonly p: number;
  /** Smallest p-value first. */
  readonly blocks: readonly ConceptBlock[];
  /** All rows at once, of the class that moved most: one degree of freedom, so the most powerful against a plain step. */
  readonly everywhereP: number;
  readonly everywhereStatistic: number;
  /** Where the relation changed by more than one common step; tried on the class that moved most, if any did. */
  readonly uneven: readonly ConceptBlock[];
  /**
   * With two classes: smallest p-value of `uneven` times its blocks. Label shift is exactly one common step in the
   * log odds, whatever the features, so a small value refutes it. With several the same of each beside the commonest, times
   * the pairs. Of numbers 1.
   */
  readonly unevenP: number;
  /** Log odds of a class now, less those before, at the same features, as a model with one step for all rows has them; null with other than two classes, or a relation that did not move. */
  readonly step: { readonly class: string; readonly logOdds: number } | null;
  /**
   * The model's index per row, of the class that moved most. Where the relation may have moved, beside a step for all current rows: else slow columns,
   * which tell the hours apart, would take a part of that step into the index.
   */
  readonly index: RowIndex;
  /** What the index tells: the label, or whether it is that class; reference rows first. */
  readonly response: Float64Array;
  /** The rows the index belongs to. */
  readonly samples: RowSamples;
  /** Where a column has more levels than the matrix can hold: current rows of levels that the reference never had say nothing here. */
  readonly oneSided: OneSided | null;
  /** Current rows beyond all that the reference has: nothing is asked of them. */
  readonly outside: CommonSupport['outside'];
}

/**
 * Did P(y|X) move, and where?
 *
 * Reference and current rows are pooled and y is explained by the features alone; score tests then ask whether
 * being a *current* row explains anything more: everywhere, in zones of each feature, along the model's own index,
 * and in regression in the size of the residuals. Conditioning on the features is what keeps a moved P(X) from
 * looking like a moved concept. In classification one model per class against the rest (two classes need one).
 * A column with more levels than the matrix can hold has them fitted as effects of their own and projected out
 * (`fitWithinLevels`): their shares may move as they like.
 * Needs labelled rows only. A response that is constant, or no rows on either side, gives p = 1 without blocks.
 *
 * @param withTrees what boosted trees expect of each row is one more column: what no sum of bends and products can say
 */
export function conceptTest(
  task: Task,
  all: RowSamples,
  richness: Richness = 'full',
  withTrees = false,
): ConceptTest {
  const { samples: inside, outside } = commonSupport(all);
  const labelled = besideCurrent(inside);
  const responses = testedResponses(task, labelled);
  const first = responses[0];
  if (first === undefined) return { ...nothing(labelled), outside };
  const { samples, rows } = affordable(labelled, responses.length, richness);
  const kept = responses.map((each): TestedResponse => ({
    ...each,
    values: rows?.map((row) => each.values[row]!) ?? each.values,
  }));
  const viewsWith = ({ values }: TestedResponse): View[] => {
    const column = withTrees ? treesColumn(task, samples, values) : null;
    const views = viewsOf(samples, values, richness, column);
    pause();
    return views;
  };
  const shared = withTrees ? null : viewsWith(kept[0] ?? first);
  const fits = kept.map((response) => {
    const asked = { response: response.values, spread: relationSpread(task, inside, response.name) };
    return testResponse(task, samples, shared ?? viewsWith(response), asked);
  });
  const blocks = fits.flatMap((fit) => fit.blocks).sort((a, b) => a.p - b.p);
  const clearest = fits.reduce((best, fit) => (smallest(fit) < smallest(best) ? fit : best));
  const everywhereBlock = clearest.blocks.find((block) => block.name === EVERYWHERE);
  const p = corrected(blocks);
  const isBinary = task === 'classification' && kept.length === 1;
  // Only a relation that may have moved is asked how.
  const stepped = p < SUSPICIOUS ? besideStep(task, samples, clearest) : null;
  const uneven = stepped?.blocks ?? [];
  return {
    p,
    blocks,
    everywhereP: everywhereBlock?.p ?? 1,
    everywhereStatistic: everywhereBlock?.statistic ?? 0,
    uneven,
    unevenP: isBinary ? corrected(uneven) : p < SUSPICIOUS ? unevenAmong(task, samples, richness) : 1,
    step: isBinary && stepped !== null ? { class: first.name, logOdds: stepped.step } : null,
    ...(p < SUSPICIOUS && kept.length > 1
      ? indexOfSeveral(task, affordable(labelled, 1, richness).samples, clearest)
      : {
          index:
            withoutLevels(task, samples, clearest) ??
            rowIndex(stepped?.index ?? clearest.index, samples.rows.reference),
          response: clearest.asked.response,
          samples,
        }),
    oneSided: oneSidedOf(samples, clearest.views),
    outside,
  };
}

/** Ten times as many as the current rows, and enough for a relation: more would narrow the comparison by less than a twentieth, and cost the most. */
function besideCurrent(labelled: RowSamples): RowSamples {
  const { reference, current } = labelled.rows;
  const enough = Math.max(MIN_REFERENCE_ROWS, REFERENCE_TIMES * current);
  return reference <= enough
    ? labelled
    : selectRows(labelled, drawOfAll(reference, enough), allRows(current));
}

function nothing(samples: RowSamples): ConceptTest {
  const empty = new Float64Array();
  return {
    p: 1,
    blocks: [],
    everywhereP: 1,
    everywhereStatistic: 0,
    uneven: [],
    unevenP: 1,
    step: null,
    index: { reference: empty, current: empty },
    response: empty,
    samples,
    oneSided: null,
    outside: null,
  };
}

interface Asked {
  readonly response: Float64Array;
  /** How far the reference's own stretches are from each other; null where they cannot be told. */
  readonly spread: RelationSpread | null;
}

interface ResponseTest {
  readonly asked: Asked;
  readonly views: readonly View[];
  /** By view. */
  readonly betas: readonly Float64Array[];
  readonly blocks: readonly ConceptBlock[];
  readonly index: Float64Array;
}

const smallest = (fit: ResponseTest): number => Math.min(1, ...fit.blocks.map((block) => block.p));

/** Where several columns are crowded, a block has moved only if it did whichever of them is looked at closely. */
function testResponse(
  task: Task,
  samples: RowSamples,
  views: readonly View[],
  asked: Asked,
  near: readonly Float64Array[] = [],
): ResponseTest {
  const seen = views.map((view, at) => testView(task, samples, view, asked, near[at]));
  const [first, ...others] = seen;
  if (first === undefined) return { asked, views, betas: [], blocks: [], index: new Float64Array() };
  const blocks = first.blocks.flatMap((block) => {
    const same = others.map((other) => other.blocks.find(({ name }) => name === block.name));
    return same.reduce<ConceptBlock[]>(
      (quietest, each) => (each === undefined ? [] : quietest.map((one) => (each.p > one.p ? each : one))),
      [block],
    );
  });
  return { asked, views, betas: seen.map(({ beta }) => beta), blocks, index: first.index };
}

interface ViewTest {
  readonly beta: Float64Array;
  readonly blocks: readonly ConceptBlock[];
  readonly index: Float64Array;
}

function testView(
  task: Task,
  samples: RowSamples,
  view: View,
  { response, spread }: Asked,
  near: Float64Array | undefined,
): ViewTest {
  const isRegression = task === 'regression';
  const { design, model } = fitView(isRegression ? 'linear' : 'logistic', view, response, near);
  const weights = {
    weight: model.weight,
    referenceRows: design.referenceRows,
    atLeast: isRegression ? MIN_ZONE_ROWS : MIN_EVENTS,
  };
  const featureBlocks = spokenFeatures(samples)
    .map((pair) => featureZones(pair, weights))
    .filter((block) => block.zones > 0);
  const wholeBlocks = windowBlocks(design, model, weights);
  const tests = scoreTests(
    design,
    model,
    [...wholeBlocks, ...featureBlocks],
    isRegression ? 'robust' : 'both',
  );
  const [common] = tests;
  const beside = (test: BlockTest, feature: string | null): BlockTest => {
    if (spread === null) return test;
    if (feature === null) return besideStretches(test, spread.everywhere, spread.stretches);
    const own = besideStretches(test, spread.features.get(feature) ?? null, spread.stretches);
    const rest =
      common && withoutCommon(test, common, besideStretches(common, spread.everywhere, spread.stretches));
    return rest === undefined ? own : { ...own, p: Math.max(own.p, rest) };
  };
  const blocks = tests.map((test, i): ConceptBlock => {
    const feature = i < wholeBlocks.length ? null : test.name;
    return { ...beside(test, feature), feature };
  });
  if (isRegression) {
    const size = spreadTest(view, model);
    const beside = spread === null ? size : besideStretches(size, spread.size, spread.stretches);
    blocks.push({ ...beside, feature: null });
  }
  const { beta, index } = model;
  return { beta, blocks: blocks.filter((block) => block.df > 0), index };
}

/** Two-sided p-values below this are no matter of what hours have in common. */
const CERTAIN = 1e-12;

/**
 * The p-value of zones once the step that all of them share counts for no more than it does beside the reference's own stretches: what an hour does to
 * all rows is found in the zones of each feature, and of levels with a handful of rows each in every stretch only there.
 */
function withoutCommon({ statistic, df }: BlockTest, common: BlockTest, beside: BlockTest): number {
  if (df === 0 || common.df !== 1 || beside.p < CERTAIN) return 0;
  const counted = normalQuantile(1 - beside.p / 2) ** 2;
  return chiSquareSurvival(
    Math.max(0, statistic - common.statistic) + Math.min(counted, common.statistic),
    df,
  );
}

function fitView(
  kind: 'linear' | 'logistic',
  { design, absorbed }: View,
  response: Float64Array,
  near?: Float64Array,
): WithinFit {
  if (absorbed !== null) return fitWithinLevels(kind, design, response, absorbed, near);
  const model = kind === 'linear' ? fitLinear(design, response) : fitLogistic(design, response, near);
  return { design, model };
}

function windowBlocks(design: Design, model: NullModel, weights: ZoneWeights): Block[] {
  const { mean } = meanAndDeviation(model.index);
  const slope = [
    new Float64Array(design.rows - design.referenceRows).fill(1),
    model.index.slice(design.referenceRows).map((value) => value - mean),
  ];
  const zones = numericZones('zones of the predicted value', model.index, weights);
  return [
    everywhere(design.rows),
    { kind: 'values', name: 'along the predicted value', values: slope },
    ...(zones.zones > 0 ? [zones] : []),
  ];
}

/**
 * The same tests after one step for all current rows. The step is fitted, not granted by a score test: label shift
 * can be large, and far from the null the score no longer points along it.
 */
function besideStep(
  task: Task,
  samples: RowSamples,
  { asked, views, betas }: ResponseTest,
): Pick<ResponseTest, 'blocks' | 'index'> & { readonly step: number } {
  pause();
  const near = betas.map((beta) => Float64Array.from([...beta, 0]));
  const stepped = views.map((view) => ({ ...view, design: withCurrentColumn(view.design) }));
  const tested = testResponse(task, samples, stepped, asked, near);
  return {
    blocks: tested.blocks.toSorted((a, b) => a.p - b.p),
    index: withoutStep(tested.index, tested.betas[0], samples.rows.reference),
    step: tested.betas[0]?.at(-1) ?? 0,
  };
}

/** Effects of levels with few rows each follow these very rows, and no level that is new has one: the index is of the other columns then. */
function withoutLevels(task: Task, samples: RowSamples, { views, asked }: ResponseTest): RowIndex | null {
  const crowded = crowdedOf(views);
  return crowded.size === 0 ? null : indexOf(task, samples, asked.response, calmNames(samples, crowded));
}

function crowdedOf(views: readonly View[]): Set<string> {
  return new Set(views.flatMap(({ absorbed }) => (absorbed === null ? [] : [absorbed.feature])));
}

function calmNames({ features }: RowSamples, crowded: ReadonlySet<string>): Set<string> {
  return new Set(features.map(({ name }) => name).filter((name) => !crowded.has(name)));
}

/** Of several classes that whose share moved most, by as many rows as one class may cost: of one against the rest is the question, and the others cost no more. */
function indexOfSeveral(
  task: Task,
  samples: RowSamples,
  { views, asked }: ResponseTest,
): Pick<ConceptTest, 'index' | 'response' | 'samples'> {
  const response = responseOf(task, samples, null)?.response ?? asked.response;
  return { index: indexOf(task, samples, response, calmNames(samples, crowdedOf(views))), response, samples };
}

const MAX_CLASS_PAIRS = 3;

/**
 * Several classes: odds of each against the commonest, among the rows of these two. A moved mix of classes leaves them one step from the old
 * ones, whatever the features; of one class against all others the mix of those would move, too. The largest classes, at most three pairs.
 */
function unevenAmong(task: Task, samples: RowSamples, richness: Richness): number {
  const { label } = samples;
  if (task === 'regression' || label?.kind !== 'levels') return 1;
  const [before, now] = [label.reference, label.current].map((codes) =>
    levelCounts(codes, label.levels.length),
  ) as [Float64Array, Float64Array];
  const [most, ...others] = [...before.keys()]
    .filter((code) => Math.min(before[code]!, now[code]!) >= MIN_EVENTS)
    .sort((a, b) => before[b]! + now[b]! - before[a]! - now[a]!)
    .slice(0, 1 + MAX_CLASS_PAIRS);
  const pValues = others.map((other) => {
    const isOne = (code: number): boolean => code === most || code === other;
    const rows = (codes: Int32Array): Int32Array => allRows(codes.length).filter((row) => isOne(codes[row]!));
    return conceptTest(task, selectRows(samples, rows(label.reference), rows(label.current)), richness)
      .unevenP;
  });
  return Math.min(1, pValues.length * Math.min(1, ...pValues));
}

/** Bonferroni over blocks sorted by p-value. */
function corrected(blocks: readonly ConceptBlock[]): number {
  return Math.min(1, (blocks[0]?.p ?? 1) * Math.max(1, blocks.length));
}

/** Are the residuals larger or smaller than they were at the same X? Absolute values: squares follow one outlier. */
function spreadTest(view: View, { residual }: NullModel): BlockTest {
  const { design, model } = fitView('linear', view, residual.map(Math.abs));
  const [test] = scoreTests(design, model, [everywhere(design.rows)], 'robust');
  return { statistic: 0, df: 0, p: 1, ...test, name: 'residual spread' };
}
