import type { FormatSettings } from '../../../core/events/log-format.ts';
import type { Result } from '../../../core/result.ts';
import { ok } from '../../../core/result.ts';
import { classLabel } from '../../../core/columns/class-label.ts';
import type { Refusal } from '../../dead-letter.ts';
import { refuse } from '../../dead-letter.ts';
import { shown } from '../../text.ts';
import { field, isObject } from './json-shape.ts';
import { tensorRows } from './open-inference-rows.ts';
import { MAX_ROWS, tooManyRows } from '../preset.ts';
import { isTensorList } from './rows.ts';

/** The fields of an envelope that a model's output fills. */
export interface Outcome {
  readonly prediction?: unknown;
  readonly score?: unknown;
  readonly probabilities?: unknown;
}
export type Outcomes = Result<readonly Outcome[], Refusal>;

const PREDICTION_KEYS = ['prediction', 'predicted_label', 'predicted_class', 'label', 'class', 'output'];
const SCORE_KEYS = ['score', 'probability'];
const PROBABILITY_KEYS = ['probabilities', 'scores', 'proba'];
/** Probabilities come rounded. */
const SUM_SLACK = 0.01;

/** The outputs of a model server's response: `predictions`, `outputs` or `data`, one for each row. */
export function responseOutcomes(body: unknown, settings: FormatSettings): Outcomes {
  const outputs = field(body, 'outputs');
  if (isTensorList(outputs)) {
    // Further tensors are by-products; the first is the answer.
    const rows = tensorRows(outputs[0], 'column');
    return rows.ok ? listedOutcomes(rows.value.rows, settings) : rows;
  }
  const given = field(body, 'predictions') ?? outputs ?? body;
  if (Array.isArray(given)) return listedOutcomes(given, settings);
  if (given === body && isObject(body) && !hasOutcome(body)) {
    return refuse('missing_fields', 'no outputs were found; read are predictions and outputs');
  }
  return listedOutcomes([given], settings);
}

const hasOutcome = (body: object): boolean =>
  [...PREDICTION_KEYS, ...SCORE_KEYS, ...PROBABILITY_KEYS].some((key) => Object.hasOwn(body, key));

export function listedOutcomes(list: readonly unknown[], settings: FormatSettings): Outcomes {
  if (list.length > MAX_ROWS) return tooManyRows(list.length);
  const outcomes: Outcome[] = [];
  for (const item of list) {
    const read = outcome(item, settings);
    if (!read.ok) return read;
    outcomes.push(read.value);
  }
  return ok(outcomes);
}

/**
 * One output. A vector whose numbers are between 0 and 1 and add up to 1 is probabilities; the class with the largest
 * is predicted. Other vectors of more than one value have no meaning that could be guessed.
 *
 * For example: outcome([0.2, 0.8], { ...DEFAULT_FORMAT_SETTINGS, classNames: ['deny', 'approve'] }) // prediction 'approve'
 */
export function outcome(value: unknown, settings: FormatSettings): Result<Outcome, Refusal> {
  if (Array.isArray(value)) {
    if (value.length === 1) return outcome(value[0], settings);
    if (isDistribution(value)) return ok(ofProbabilities(value, settings));
    return refuse(
      'invalid_field',
      `an output is ${shown(value)} that are no probabilities; one value or probabilities are read, a mapping reads others`,
    );
  }
  if (isObject(value)) return ok(ofObject(value, settings));
  if (typeof value === 'number' && settings.output === 'score') return ok(ofScore(value, settings));
  return ok({ prediction: value });
}

function isDistribution(values: readonly unknown[]): values is readonly number[] {
  if (values.length < 2 || !values.every((p) => typeof p === 'number' && p >= 0 && p <= 1)) return false;
  const sum = (values as readonly number[]).reduce((total, p) => total + p, 0);
  return Math.abs(sum - 1) <= SUM_SLACK;
}

function ofProbabilities(values: readonly number[], { classNames }: FormatSettings): Outcome {
  const names = values.map((_, index) => classNames?.[index] ?? String(index));
  const best = values.indexOf(Math.max(...values));
  return {
    prediction: names[best] ?? null,
    probabilities: new Map(names.map((name, index) => [name, values[index] ?? 0])),
    // Of two classes the second is the positive one, as scikit-learn orders them.
    ...(values.length === 2 ? { score: values[1] } : {}),
  };
}

/** A lone probability of the positive class, as binary classifiers answer. */
export function ofScore(score: number, { classNames, threshold }: FormatSettings): Outcome {
  const [negative, positive] = [classNames?.[0] ?? '0', classNames?.[1] ?? '1'];
  return { score, prediction: score >= threshold ? positive : negative };
}

function ofObject(value: Readonly<Record<string, unknown>>, settings: FormatSettings): Outcome {
  const first = (keys: readonly string[]): unknown =>
    keys.map((key) => field(value, key)).find((found) => found !== undefined && found !== null);
  const given = first(PREDICTION_KEYS);
  const score = first(SCORE_KEYS);
  const probabilities = first(PROBABILITY_KEYS);
  const spread =
    Array.isArray(probabilities) && isDistribution(probabilities)
      ? ofProbabilities(probabilities, settings)
      : isObject(probabilities)
        ? { probabilities }
        : {};
  const named = given === undefined ? {} : { prediction: classOrNumber(given) };
  return { ...spread, ...(typeof score === 'number' ? { score } : {}), ...named };
}

const classOrNumber = (value: unknown): unknown => (typeof value === 'boolean' ? classLabel(value) : value);
