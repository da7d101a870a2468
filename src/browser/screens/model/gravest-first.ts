import type { ModelOverview } from '../../../store/rows/model-screen.ts';

type Incident = ModelOverview['incidents'][number];

const STATES = ['firing', 'recovering', 'pending', 'resolved'];
const VERDICTS = [
  'data_fault',
  'mixed',
  'concept_drift',
  'label_shift',
  'covariate_shift',
  'undetermined',
  'none',
];

/** What fires before what is over soon, faults before what only moved, what began earlier before the rest. */
export function gravestFirst({ alert: a }: Incident, { alert: b }: Incident): number {
  return (
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
    (a.since < b.since ? -1 : 1)
  );
}
