import { nearest } from '../../core/nearest.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { LARGEST_VALUE, STATE_VERSION, wholeOption } from './detector.ts';
import type {
  Detector,
  DetectorDefinition,
  DetectorOptions,
  DetectorSignal,
  DetectorState,
  Kernel,
  OptionSpec,
  SeriesKind,
} from './detector.ts';
import { DETECTORS, detectorNamed } from './registry.ts';
import { standardized } from './standardized.ts';
import { ExponentialHistogram } from './exponential-histogram.ts';
import { StateReader } from './state-reader.ts';

export interface DetectorProblem {
  readonly reason:
    | 'unknown_detector'
    | 'unknown_option'
    | 'option_out_of_range'
    | 'options_conflict'
    | 'state_invalid';
  /** For a person: what was found, and what would be accepted. */
  readonly detail: string;
}

/** Of every detector of numbers. */
const STANDARDIZE = wholeOption(
  'standardize',
  0,
  [0, 1_000_000],
  'learn mean and deviation from so many values, then read distances in deviations (0: off)',
);

export function optionsOf(definition: DetectorDefinition): readonly OptionSpec[] {
  return definition.takes === 'number' ? [...definition.options, STANDARDIZE] : definition.options;
}

/**
 * A detector that has seen nothing. Options that are not given have their defaults; flags are 0 or 1.
 *
 * @example createDetector('adwn').error.detail // 'there is no detector adwn; did you mean adwin?'
 */
export function createDetector(
  name: string,
  given: Readonly<Record<string, number>> = {},
): Result<Detector, DetectorProblem> {
  const definition = detectorNamed(name);
  if (definition === null) return fail(unknownDetector(name));
  const checked = checkOptions(definition, given);
  return checked.ok ? ok(new Running(definition, checked.value)) : checked;
}

/**
 * Goes on where `save` left off, with exactly the alarms an uninterrupted run gives. The state may come from
 * anywhere (JSON already parsed): what does not fit is refused.
 */
export function restoreDetector(state: unknown): Result<Detector, DetectorProblem> {
  if (!isStateShape(state)) return invalid('it is not a detector state of version 1');
  const created = createDetector(state.detector, state.options);
  if (!created.ok) return created;
  const running = created.value as Running;
  return running.resume(state) ? created : invalid(`its numbers cannot be a state of ${state.detector}`);
}

class Running implements Detector {
  readonly definition: DetectorDefinition;
  readonly options: DetectorOptions;
  private readonly kernel: Kernel;
  /** Everything since the last drift, to say where a change began; null where the method itself does. */
  private readonly history: ExponentialHistogram | null;
  seen = 0;
  skipped = 0;
  changeAge: number | null = null;

  constructor(definition: DetectorDefinition, options: DetectorOptions) {
    this.definition = definition;
    this.options = options;
    const plain = definition.create(options);
    const learnFrom = options[STANDARDIZE.name] ?? 0;
    this.kernel = learnFrom > 0 ? standardized(plain, Math.max(2, learnFrom)) : plain;
    this.history = plain.changeAge === undefined ? new ExponentialHistogram(HISTORY_BUCKETS) : null;
  }

  update(value: number): DetectorSignal {
    this.seen += 1;
    if (!canTake(this.definition.takes, value)) {
      this.skipped += 1;
      return 'in_control';
    }
    this.history?.insert(value);
    const signal = this.kernel.step(value);
    if (signal === 'drift') {
      this.changeAge = this.kernel.changeAge?.() ?? this.locate();
      if (this.kernel.keepsGoing !== true) this.kernel.clear();
      this.history?.clear();
    }
    return signal;
  }

  /** The boundary with the largest likelihood of a step in the mean, all stretches having one variance. */
  private locate(): number | null {
    const age = this.history?.bestCut(1, 0, standardError) ?? 0;
    return age === 0 ? null : age;
  }

  save(): DetectorState {
    const numbers: number[] = [];
    this.history?.save(numbers);
    this.kernel.save(numbers);
    return {
      version: STATE_VERSION,
      detector: this.definition.name,
      options: this.options,
      seen: this.seen,
      skipped: this.skipped,
      kernel: numbers.map((value) => (value === Infinity ? null : value)),
    };
  }

  resume(state: DetectorState): boolean {
    const counts = new StateReader([state.seen, state.skipped]);
    this.seen = counts.count();
    this.skipped = counts.count(this.seen);
    const numbers = new StateReader(state.kernel);
    if (this.history?.load(numbers) === false) return false;
    return counts.finished() && this.kernel.load(numbers) && numbers.finished();
  }
}

/** The cut lies within about an eighth of its age. */
const HISTORY_BUCKETS = 8;

function standardError(older: number, newer: number): number {
  return Math.sqrt(1 / older + 1 / newer);
}

/** What a detector of this kind can use of a series. */
export function canTake(kind: SeriesKind, value: number): boolean {
  if (kind === 'binary') return value === 0 || value === 1;
  if (kind === 'unit') return value >= 0 && value <= 1;
  return Math.abs(value) <= LARGEST_VALUE;
}

function checkOptions(
  definition: DetectorDefinition,
  given: Readonly<Record<string, number>>,
): Result<DetectorOptions, DetectorProblem> {
  const specs = optionsOf(definition);
  const names = specs.map((spec) => spec.name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const detail = `${definition.name} has no option ${unknown}; it has ${names.join(', ')}`;
    return fail({ reason: 'unknown_option', detail });
  }
  const values = new Map<string, number>();
  for (const spec of specs) {
    const value = given[spec.name] ?? spec.default;
    const problem = outOfRange(spec, value);
    if (problem !== null) return fail(problem);
    values.set(spec.name, value);
  }
  const options = Object.fromEntries(values);
  const conflict = definition.conflict?.(options) ?? null;
  if (conflict !== null)
    return fail({ reason: 'options_conflict', detail: `${definition.name}: ${conflict}` });
  return ok(options);
}

function outOfRange(spec: OptionSpec, value: unknown): DetectorProblem | null {
  const { name, min, max, integer } = spec;
  const fits =
    typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value));
  if (fits) return null;
  const wanted = `${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  return { reason: 'option_out_of_range', detail: `${name} must be ${wanted}, not ${String(value)}` };
}

function unknownDetector(name: string): DetectorProblem {
  const names = DETECTORS.map((definition) => definition.name);
  const meant = nearest(name, names);
  const hint = meant === null ? `there are ${names.join(', ')}` : `did you mean ${meant}?`;
  return { reason: 'unknown_detector', detail: `there is no detector ${name}; ${hint}` };
}

function invalid(why: string): Result<never, DetectorProblem> {
  return fail({ reason: 'state_invalid', detail: `the state cannot be resumed: ${why}` });
}

function isStateShape(state: unknown): state is DetectorState {
  if (typeof state !== 'object' || state === null) return false;
  const { version, detector, options, kernel } = state as Partial<Record<keyof DetectorState, unknown>>;
  return (
    version === STATE_VERSION &&
    typeof detector === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    Array.isArray(kernel)
  );
}
