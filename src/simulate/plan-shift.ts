import type { ShiftKind, VerdictKind } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import { draws } from './draws.ts';
import type { Draws } from './draws.ts';
import type { Family } from './family.ts';
import { isInside, movedEverywhere, movedInside, stratumAt, turned } from './moved-concept.ts';
import type { Stratum } from './moved-concept.ts';
import { movedMean, movedMix, movedSpread } from './moved-inputs.ts';
import { movedLabels } from './moved-labels.ts';
import { CONCEPT_FORMS, COVARIATE_FORMS, movable, pick, SIMULATED_FAULTS } from './plan.ts';
import type { Form, Plan, PlannedShift, ShiftRequest, SimulatedKind } from './plan.ts';
import { planFault } from './plan-fault.ts';
import { populationOf } from './population.ts';

/** Turns a request into a change of the world or of its pipeline. @throws Error when the family cannot show it */
export function planShift(family: Family, task: Task, request: ShiftRequest, seed: number): PlannedShift {
  expectPossibleSize(request);
  const draw = draws(seed ^ PLAN_SEED);
  switch (request.kind) {
    case 'none':
      return planned(request, { description: 'nothing changed' });
    case 'covariate_shift':
      return planned(request, planInputs(family, request, draw));
    case 'label_shift':
      return planned(request, planLabels(family, task, request, draw));
    case 'concept_drift':
      return planned(request, planConcept(family, request, draw));
    case 'mixed':
      return planned(request, planMixed(family, request, draw));
    default:
      return planned(request, planFault(family, { ...request, kind: request.kind }, draw));
  }
}

/** Beyond these nothing is like data any more; of rotation, in right angles, it begins anew. */
const LARGEST_SIZE = 10;
const LARGEST_BY_FORM: Partial<Record<Form, number>> = { rotation: 4 };
const LARGEST_BY_KIND: Partial<Record<SimulatedKind, number>> = { label_shift: 5 };

function expectPossibleSize({ kind, form, size }: ShiftRequest): void {
  if (size === undefined) return;
  const largest = (form && LARGEST_BY_FORM[form]) ?? LARGEST_BY_KIND[kind] ?? LARGEST_SIZE;
  if (Math.abs(size) <= largest) return;
  throw new Error(`the size of ${form ?? kind} is at most ${largest}, not ${size}`);
}

const PLAN_SEED = 0x51f7;

function planned({ kind }: ShiftRequest, plan: Plan): PlannedShift {
  const fault = SIMULATED_FAULTS.find((each) => each === kind) ?? null;
  const verdict: VerdictKind = fault === null ? (kind as VerdictKind) : 'data_fault';
  const types: ShiftKind[] =
    verdict === 'mixed'
      ? ['covariate_shift', 'concept_drift']
      : verdict === 'none'
        ? []
        : [verdict as ShiftKind];
  const rest = { form: null, features: [], size: null, share: null, stratum: null, change: {}, ...plan };
  return { kind, verdict, types, fault, ...rest };
}

function planInputs(family: Family, request: ShiftRequest, draw: Draws): Plan {
  const form = request.form ?? pick(draw, COVARIATE_FORMS);
  const size = request.size ?? signed(draw, 0.5 + 0.5 * draw.uniform());
  if (form === 'mean') {
    const feature = request.feature ?? pick(draw, movable(family));
    return {
      form,
      size,
      features: [feature],
      change: movedMean(family, feature, size),
      description: `${feature} moved by ${said(size)} standard deviations`,
    };
  }
  if (form === 'scale') {
    const feature = request.feature ?? pick(draw, movable(family));
    const wider = request.size ?? 0.5 + 0.5 * draw.uniform();
    return {
      form,
      size: wider,
      features: [feature],
      change: movedSpread(family, feature, wider),
      description: `${feature} spread ${said(1 + wider)} times as wide`,
    };
  }
  if (form !== 'mix') throw new Error(`a covariate shift has no form ${form}`);
  const mover = moverOf(family, request.feature, draw);
  const { feature, level } = mover;
  return {
    form,
    size,
    features: [feature],
    change: movedMix(family, mover, size),
    description: `rows ${level === null ? `with large ${feature}` : `of ${feature} ${level}`} became ${size > 0 ? 'more' : 'less'} frequent, by ${said(Math.abs(size))} standard deviations`,
  };
}

function planLabels(family: Family, task: Task, request: ShiftRequest, draw: Draws): Plan {
  const isRegression = task === 'regression';
  const size = request.size ?? signed(draw, (0.12 + 0.12 * draw.uniform()) * (isRegression ? 3 : 1));
  const what = isRegression
    ? `the mean label moved by ${said(size)} standard deviations`
    : `the share of ${family.classes[0]} moved by ${said(size)}`;
  return {
    size,
    change: movedLabels(family, task, size),
    description: `${what}; rows of one label look as before`,
  };
}

function planConcept(family: Family, request: ShiftRequest, draw: Draws): Plan {
  const form = request.form ?? pick(draw, CONCEPT_FORMS);
  if (form === 'uniform') {
    const size = request.size ?? signed(draw, 0.7 + 0.5 * draw.uniform());
    return {
      form,
      size,
      change: movedEverywhere(size),
      description: `the log odds of the same inputs moved by ${said(size)} everywhere`,
    };
  }
  if (form === 'rotation') {
    const size = request.size ?? signed(draw, 0.7 + 0.5 * draw.uniform());
    const first = request.feature ?? pick(draw, family.matters);
    const pair = [
      first,
      pick(
        draw,
        family.matters.filter((name) => name !== first),
      ),
    ] as const;
    return {
      form,
      size,
      features: pair,
      change: turned(family, pair, size),
      description: `${pair[0]} and ${pair[1]} changed their roles, turned by ${said(90 * size)} degrees`,
    };
  }
  if (form !== 'local') throw new Error(`a concept drift has no form ${form}`);
  const stratum = stratumOf(family, request, draw);
  const size = request.size ?? signed(draw, 1.3 + 0.7 * draw.uniform());
  return {
    form,
    size,
    share: shareOf(family, stratum),
    stratum,
    features: [stratum.feature],
    change: movedInside(stratum, size),
    description: `the log odds moved by ${said(size)} where ${spelled(stratum)}`,
  };
}

/** New rows and a new relation at once; `size` is the move of the inputs, the relation moves as its form does. */
function planMixed(family: Family, request: ShiftRequest, draw: Draws): Plan {
  const concept = planConcept(
    family,
    { kind: 'concept_drift', ...(isConceptForm(request.form) && { form: request.form }) },
    draw,
  );
  const others = movable(family).filter((name) => !(concept.features ?? []).includes(name));
  // Of a world with two numbers both may have changed their roles.
  const feature = request.feature ?? pick(draw, others.length > 0 ? others : movable(family));
  const size = request.size ?? signed(draw, 0.6 + 0.4 * draw.uniform());
  const inputs = planInputs(family, { kind: 'covariate_shift', form: 'mean', feature, size }, draw);
  return {
    ...concept,
    size,
    features: [feature, ...(concept.features ?? [])],
    change: { ...inputs.change, ...concept.change },
    description: `${inputs.description}, and ${concept.description}`,
  };
}

function isConceptForm(form: Form | undefined): form is (typeof CONCEPT_FORMS)[number] {
  return CONCEPT_FORMS.some((each) => each === form);
}

function moverOf(
  family: Family,
  feature: string | undefined,
  draw: Draws,
): { feature: string; level: string | null } {
  const { levels } = populationOf(family);
  const name = feature ?? pick(draw, [...movable(family), ...levels.keys()]);
  const known = levels.get(name);
  if (known === undefined) return { feature: name, level: null };
  const some = [...known].filter(([, share]) => share >= 0.1 && share <= 0.6).map(([level]) => level);
  return { feature: name, level: pick(draw, some.length > 0 ? some : [...known.keys()]) };
}

function stratumOf(family: Family, request: ShiftRequest, draw: Draws): Stratum {
  const { levels } = populationOf(family);
  const large = [...levels].flatMap(([feature, known]) =>
    [...known].filter(([, share]) => share >= 0.2 && share <= 0.5).map(([level]) => ({ feature, level })),
  );
  const feature = request.feature ?? pick(draw, [...movable(family), ...large.map((each) => each.feature)]);
  if (levels.has(feature)) {
    const own = large.filter((each) => each.feature === feature);
    if (own.length === 0) throw new Error(`${feature} has no level with a fifth to a half of the rows`);
    return pick(draw, own);
  }
  const end = request.end ?? (draw.uniform() < 0.5 ? 'low' : 'high');
  return stratumAt(family, feature, end, request.share ?? 0.25 + 0.15 * draw.uniform());
}

function shareOf(family: Family, stratum: Stratum): number {
  const { numeric, levels } = populationOf(family);
  if ('level' in stratum) return levels.get(stratum.feature)?.get(stratum.level) ?? 0;
  const sorted = numeric.get(stratum.feature)?.sorted ?? new Float64Array();
  const inside = sorted.filter((value) => isInside(stratum, { [stratum.feature]: value }));
  return inside.length / Math.max(1, sorted.length);
}

function spelled(stratum: Stratum): string {
  if ('level' in stratum) return `${stratum.feature} is ${stratum.level}`;
  return 'above' in stratum
    ? `${stratum.feature} is above ${said(stratum.above)}`
    : `${stratum.feature} is at most ${said(stratum.below)}`;
}

export const said = (value: number): string => String(Number(value.toPrecision(3)));

function signed(draw: Draws, size: number): number {
  return draw.uniform() < 0.5 ? -size : size;
}
