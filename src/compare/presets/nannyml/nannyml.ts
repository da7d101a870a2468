import type { Tool } from '../tool.ts';
import { HELLINGER, JENSEN_SHANNON, L_INFINITY } from './binned.ts';
import { CHI2 } from './chi2.ts';
import { KOLMOGOROV_SMIRNOV, WASSERSTEIN } from './estimated.ts';

/**
 * NannyML's conventions for univariate drift: everything is learned from the reference alone, and a threshold is what
 * the reference's own chunks stay below. It has no rule for a data set as a whole.
 */
export const NANNYML: Tool = {
  name: 'nannyml',
  methods: [JENSEN_SHANNON, KOLMOGOROV_SMIRNOV, WASSERSTEIN, HELLINGER, CHI2, L_INFINITY],
  choose: () => JENSEN_SHANNON,
  emptyNote: 'a side has no values: NannyML gives none either',
  infinityNote: 'infinite values are left out; NannyML fails on them in the reference',
  datasetShare: null,
};
