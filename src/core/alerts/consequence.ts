/**
 * What a finding means for those who answer for the model, gravest first: digests are in this order. `src/decide`
 * names them, `alerts.page` says which of them wake somebody.
 */
export const CONSEQUENCES = [
  'data_fault',
  'performance_loss',
  'concept_drift',
  'no_data',
  'operational_limit',
  /** What labels are expected to show, before they are there. */
  'expected_loss',
  /** Worse than before, and within the limits. */
  'operational_drift',
  'label_shift',
  'covariate_shift',
] as const;
export type Consequence = (typeof CONSEQUENCES)[number];

/** The model is wrong, blind or broken now, or about to be. The rest can wait for the morning. */
export const DEFAULT_PAGE: readonly Consequence[] = [
  'data_fault',
  'performance_loss',
  'concept_drift',
  'no_data',
  'operational_limit',
];

/** `show`: in the dashboard, the API and `status` only. */
export type Urgency = 'page' | 'digest' | 'show';
