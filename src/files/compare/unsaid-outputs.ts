/** What the model said and what was true are columns like others, unless somebody names them: said before anybody wonders. */
import { guessRoles } from '../../ingest/guess-roles.ts';
import { namedFeatures } from '../../ingest/table/plan-features.ts';
import type { OpenTable } from '../../ingest/table/open-table.ts';
import type { ReadTableOptions } from '../../ingest/table/table-options.ts';

const OUTPUTS = ['prediction', 'score', 'label'] as const;

type Side = Pick<OpenTable, 'path' | 'features' | 'outputs'>;

/**
 * Of the reference: which columns may be the prediction, the score or the label, by their names.
 *
 * @param options as it was read: what they name needs no guess
 */
export function unsaidOutputs(
  { path, features, outputs }: Side,
  options: Pick<ReadTableOptions, 'columns' | 'features' | 'exclude' | 'numeric' | 'categorical' | 'boolean'>,
): string[] {
  const columns = [...features.keys()];
  const missing = OUTPUTS.filter((role) => outputs[role] === null);
  const guessed = guessRoles(columns, options.columns ?? {}, namedFeatures(options));
  const likely = missing.flatMap((role) => {
    const name = guessed[role];
    return name === undefined ? [] : [{ role, name }];
  });
  // Features alone are a comparison like any other: where no name says more, there is nothing to say.
  if (likely.length === 0) return [];
  const names = likely.map(({ name }) => name).join(', ');
  const are = likely.length === 1 ? 'is read as a feature' : 'are read as features';
  const roles = likely.map(({ role }) => role).join(', ');
  const flags = likely.map(({ role, name }) => `--${role} ${name}`).join(' ');
  return [`${path}: ${names} ${are}; where meant as ${roles}: ${flags}`];
}
