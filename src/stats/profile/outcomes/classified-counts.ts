import { classLabel } from '../../../core/columns/class-label.ts';
import type { RowProbabilities } from '../../../core/events/events.ts';
import { boundedName } from '../../bounded-counts.ts';
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { CompensatedSums, wholeUnits } from '../../compensated.ts';
import { logLoss } from '../../performance/score-losses.ts';
import type { LossSums } from '../../performance/score-losses.ts';
import type { ScoreCells } from '../../performance/score-cells.ts';
import { ConfusionCounts, MAX_CONFUSION_CLASSES } from './confusion.ts';
import type { ClassificationCounts, ReferenceProfile } from '../feature-reference.ts';
import { decodeSums, encodeSums } from '../sums-codec.ts';
import { probabilityGrid, scoreGrid } from './score-grid.ts';
import type { ScoreGrid } from './score-grid.ts';
import { ScoreLabelCounts } from './score-label-counts.ts';

/** Places in `sums`. */
const BRIER = 0;
const BRIER_SQUARED = 1;
const LOG_LOSS = 2;
const LOG_LOSS_SQUARED = 3;
const SUMS = 4;

/**
 * What a window knows of its labelled rows of a classification: pairs of label and prediction, label by score, and the
 * sums of two losses. A row with probabilities of more than two classes is counted by class, each against the rest; any
 * other by its score, against the positive class.
 *
 * Bounded: of the baseline's classes the first 20 (labels by their frequency, then those only predicted) are counted
 * against the rest; the others, and classes it never had, are part of every rest, and of both losses. Without a baseline
 * only the losses are known. Adds and subtracts: counts exactly, losses bit for bit as long as scores are probabilities.
 */
export class ClassifiedCounts {
  private readonly known: readonly string[];
  /** Those counted each against the rest. */
  private readonly counted: ReadonlySet<string>;
  private readonly positive: string | null;
  /** The baseline has probabilities of several classes: a score alone is not comparable with them. */
  private readonly several: boolean;
  private readonly confusion: ConfusionCounts;
  /** Rows with the losses of a score, or of probabilities. */
  private scored = 0;
  private readonly sums = new CompensatedSums(SUMS);
  private readonly scores: ScoreLabelCounts;
  private readonly classGrid: ScoreGrid;
  private readonly byClass = new Map<string, ScoreLabelCounts>();

  constructor(reference: ReferenceProfile | null, scorePoints: number) {
    this.known = classesOf(reference);
    this.counted = new Set(this.known.slice(0, MAX_CONFUSION_CLASSES));
    const positive = reference?.positiveClass ?? null;
    this.positive = positive === null ? null : boundedName(positive);
    const performance = reference?.performance ?? null;
    this.several = performance?.task === 'classification' && performance.cellsByClass !== null;
    this.confusion = new ConfusionCounts(this.known);
    this.scores = new ScoreLabelCounts(scoreGrid(reference?.score ?? null, scorePoints));
    this.classGrid = probabilityGrid(scorePoints);
  }

  add(
    label: string | number,
    prediction: string | number | null,
    score: number | null,
    probabilities: RowProbabilities | null,
    sign: 1 | -1,
  ): void {
    const truth = boundedName(classLabel(label));
    if (prediction !== null) this.confusion.add(truth, boundedName(classLabel(prediction)), sign);
    if (probabilities !== null && probabilities.classes.length > 2)
      this.addByClass(truth, probabilities, sign);
    else if (score !== null && !this.several) this.addScore(truth, score, sign);
  }

  private addScore(truth: string, score: number, sign: 1 | -1): void {
    if (this.positive === null || !Number.isFinite(score)) return;
    const happened = truth === this.positive;
    this.scores.add(score, happened, sign);
    this.addLosses((score - (happened ? 1 : 0)) ** 2, logLoss(happened ? score : 1 - score), sign);
  }

  /** A row whose label has no probability has no loss. */
  private addByClass(truth: string, { classes, values }: RowProbabilities, sign: 1 | -1): void {
    let given = Number.NaN;
    let brier = 0;
    for (const [at, spelled] of classes.entries()) {
      const name = boundedName(spelled);
      const p = values[at] ?? Number.NaN;
      const isTruth = name === truth;
      if (isTruth) given = p;
      brier += ((Number.isFinite(p) ? p : 0) - (isTruth ? 1 : 0)) ** 2;
      if (Number.isFinite(p) && this.counted.has(name)) this.countsOfClass(name).add(p, isTruth, sign);
    }
    if (Number.isFinite(given)) this.addLosses(brier, logLoss(given), sign);
  }

  private addLosses(brier: number, log: number, sign: 1 | -1): void {
    this.scored += sign;
    this.sums.add(0, sign * wholeUnits(brier));
    this.sums.add(1, sign * wholeUnits(brier ** 2));
    this.sums.add(2, sign * wholeUnits(log));
    this.sums.add(3, sign * wholeUnits(log ** 2));
  }

  private countsOfClass(name: string): ScoreLabelCounts {
    let counts = this.byClass.get(name);
    if (counts === undefined) {
      counts = new ScoreLabelCounts(this.classGrid);
      this.byClass.set(name, counts);
    }
    return counts;
  }

  /** Null when no row has both a label and a prediction. */
  counts(): ClassificationCounts | null {
    if (this.confusion.n <= 0) return null;
    const byClass = this.cellsByClass();
    return {
      task: 'classification',
      n: this.confusion.n,
      correct: this.confusion.correct,
      classes: this.confusion.classes,
      confusion: this.confusion.matrix(),
      brier: this.lossSums(BRIER, BRIER_SQUARED),
      logLoss: this.lossSums(LOG_LOSS, LOG_LOSS_SQUARED),
      cells: byClass === null ? this.scores.cells() : null,
      cellsByClass: byClass,
    };
  }

  private lossSums(sum: number, squares: number): LossSums | null {
    if (this.scored <= 0) return null;
    return { n: this.scored, sum: this.sums.get(sum), sumOfSquares: this.sums.get(squares) };
  }

  private cellsByClass(): ReadonlyMap<string, ScoreCells> | null {
    const found = this.known.flatMap((name): [string, ScoreCells][] => {
      const cells = this.byClass.get(name)?.cells() ?? null;
      return cells === null ? [] : [[name, cells]];
    });
    return found.length === 0 ? null : new Map(found);
  }

  merge(other: ClassifiedCounts, sign: 1 | -1): void {
    this.scored += sign * other.scored;
    this.confusion.merge(other.confusion, sign);
    this.sums.merge(other.sums, sign);
    this.scores.merge(other.scores, sign);
    for (const [name, counts] of other.byClass) this.countsOfClass(name).merge(counts, sign);
  }

  encode(writer: ByteWriter): void {
    writer.signed(this.scored);
    this.confusion.encode(writer);
    encodeSums(writer, this.sums);
    this.scores.encode(writer);
    const places = [...this.known.entries()].filter(([, name]) => this.byClass.get(name)?.isEmpty === false);
    writer.unsigned(places.length);
    for (const [place, name] of places) {
      writer.unsigned(place);
      this.countsOfClass(name).encode(writer);
    }
  }

  static decode(
    reader: ByteReader,
    reference: ReferenceProfile | null,
    scorePoints: number,
  ): ClassifiedCounts {
    const result = new ClassifiedCounts(reference, scorePoints);
    result.scored = reader.signed();
    result.confusion.merge(ConfusionCounts.decode(reader, result.known), 1);
    decodeSums(reader, result.sums);
    result.scores.merge(ScoreLabelCounts.decode(reader, result.grid), 1);
    for (let left = reader.count(2); left > 0; left--) {
      const name = result.known[reader.unsigned()];
      if (name === undefined) throw new RangeError('probabilities of a class without a place');
      result.countsOfClass(name).merge(ScoreLabelCounts.decode(reader, result.classGrid), 1);
    }
    return result;
  }

  private get grid(): ScoreGrid {
    return this.scores.grid;
  }
}

/** The baseline's classes, most frequent labels first, then those only predicted. */
function classesOf(reference: ReferenceProfile | null): readonly string[] {
  const classes = new Set<string>();
  for (const known of [reference?.label, reference?.prediction]) {
    if (known !== null && known !== undefined && known.kind !== 'numeric') {
      for (const level of known.levels) classes.add(level);
    }
  }
  return [...classes];
}
