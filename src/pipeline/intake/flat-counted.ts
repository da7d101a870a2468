import type { FlatLayout } from '../../core/events/flat-row.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { FlatCounting } from '../../stats/profile/flat/flat-counting.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import { WHOLE, groupName } from '../../window/part-names.ts';
import { newInputs } from '../../window/part-profiles.ts';

/** How the rows of windows on one baseline are counted. */
export interface Counted {
  readonly counting: FlatCounting;
  /** Of groups only the predictions; null where rows have none, or the model no groups. */
  readonly grouping: FlatCounting | null;
}

export function createCounted(
  kernel: CountingKernel,
  layout: FlatLayout,
  model: ModelSpec,
  reference: ReferenceProfile,
): Counted {
  const predictionPart = model.featuresFrom === 'features' ? 'prediction' : 'all';
  const part = layout.type === 'features' ? 'features' : predictionPart;
  const hasGroups = layout.type === 'prediction' && model.groups.length > 0;
  const like = (name: string): InputProfile => newInputs(name, reference, model.task);
  return {
    counting: new FlatCounting(kernel, layout, like(WHOLE), part),
    grouping: hasGroups ? new FlatCounting(kernel, layout, like(groupName('')), 'prediction') : null,
  };
}
