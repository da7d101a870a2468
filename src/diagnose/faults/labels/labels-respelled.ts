import type { RowSamples } from '../../samples/row-samples.ts';
import { categoryRename } from '../levels/category-rename.ts';
import type { LabelFault } from '../suspicion.ts';

/** Classes that are logged in another spelling: to the relation they are classes that left, and others that came. */
export function labelsRespelled({ label }: RowSamples): LabelFault | null {
  if (label?.kind !== 'levels') return null;
  const found = categoryRename(label, {
    isText: true,
    company: () => null,
    habits: undefined,
    inTime: null,
    features: 1,
  });
  return found === null || found.otherwise !== undefined ? null : { suspicion: found, repaired: null };
}
