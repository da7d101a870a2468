/**
 * Columns that the reference has and the current file has not. That is nothing to test: whoever reads the file finds
 * nothing there, however many rows it has.
 */
import { UserError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import { SPECIAL_COLUMNS } from '../../ingest/table/special-columns.ts';
import type { OptionalRoles, SpecialNames, SpecialRole } from '../../ingest/table/special-columns.ts';

/** A label comes later, if at all: that there is none yet is no fault. */
const EXPECTED = ['prediction', 'score'] as const;

/** What people call them elsewhere. */
const ALSO_CALLED: Readonly<Record<'prediction' | 'score' | 'label', readonly string[]>> = {
  prediction: ['yhat', 'y_hat', 'y_pred', 'pred', 'predicted', 'predictions'],
  score: ['proba', 'prob', 'probability', 'y_score', 'y_proba', 'scores'],
  label: ['y', 'y_true', 'target', 'truth', 'actual', 'labels'],
};

type Side = Pick<OpenTable, 'path' | 'columns' | 'features' | 'outputs'>;

export interface LostColumns {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

export function lostColumns(reference: Side, current: Side): LostColumns {
  const features = [...reference.features.keys()].filter((name) => !current.features.has(name));
  const outputs = EXPECTED.filter((role) => isLost(role, reference, current));
  const strangers = current.columns.filter((name) => !reference.columns.includes(name));
  const renamed = features.flatMap((name) => {
    const near = nearest(name, strangers);
    return near === null ? [] : [`${current.path}: has it renamed ${name} to ${near}?`];
  });
  const roles = isLost('label', reference, current) ? [...outputs, 'label' as const] : outputs;
  return {
    names: [...outputs, ...features],
    notes: [...roles.flatMap((role) => noteOn(role, current, strangers)), ...renamed],
  };
}

function isLost(role: 'prediction' | 'score' | 'label', reference: Side, current: Side): boolean {
  return reference.outputs[role] !== null && current.outputs[role] === null;
}

function noteOn(
  role: 'prediction' | 'score' | 'label',
  { path }: Side,
  strangers: readonly string[],
): string[] {
  const called = strangers.find((name) => ALSO_CALLED[role].includes(name.toLowerCase()));
  const near = nearest(role, strangers) ?? called ?? null;
  const hint = near === null ? '' : `; if it is ${near}: --${role} ${near}`;
  if (role === 'label') return near === null ? [] : [`${path} has no label${hint}`];
  return [`${path} has no ${role}, and the reference has: missing in every row${hint}`];
}

/** A name said is looked for in both files, and has to be in one of them. */
export function optionalIn(columns: readonly string[] | null, names: SpecialNames): OptionalRoles {
  const roles = Object.keys(SPECIAL_COLUMNS) as SpecialRole[];
  return new Set(
    roles.filter((role) => columns === null || (names[role] !== undefined && columns.includes(names[role]))),
  );
}

/** @throws UserError where nothing of one file is in the other */
export function expectSomethingInCommon(reference: OpenTable, current: OpenTable): void {
  const shared =
    current.features.size > 0 ||
    (['prediction', 'score', 'label'] as const).some(
      (name) => reference.outputs[name] !== null && current.outputs[name] !== null,
    );
  if (shared) return;
  const theirs = [...reference.features.keys()].join(', ');
  throw new UserError(`${reference.path} and ${current.path} have no columns in common`, {
    fix:
      theirs === ''
        ? [`${reference.path} has no features.`, ...reference.notes].join('\n')
        : `The reference has ${theirs}.`,
  });
}
