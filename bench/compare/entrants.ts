import type { Environment } from './python.ts';

/** Who takes part, with what it needs from PyPI. */
export interface Entrant extends Environment {
  readonly name: string;
  /** The script in `peers`; null for shiftwatch itself. */
  readonly script: string | null;
  /** Of `shiftwatch compare`. */
  readonly options: readonly string[];
  /** Of shiftwatch in another place; absent: this one. */
  readonly program?: string;
}

const peer = (name: string, script: string, environment: string, packages: string[]): Entrant => ({
  name,
  script,
  environment,
  packages: [...packages, 'pyarrow'],
  options: [],
});

export const ours = (name: string, options: string[]): Entrant => ({
  name,
  script: null,
  environment: 'pandas',
  packages: ['pandas', 'scipy', 'pyarrow'],
  options,
});

export const EVERYTHING = ours('shiftwatch, everything', ['--json']);
export const BY_HAND = peer('pandas + SciPy (KS, Wasserstein, PSI, χ²)', 'pandas_scipy.py', 'pandas', [
  'pandas',
  'scipy',
]);

export const ENTRANTS: readonly Entrant[] = [
  ours('shiftwatch, with diagnosis, without multivariate', ['--json', '--no-multivariate']),
  EVERYTHING,
  ours('shiftwatch, everything, two threads', ['--json', '--threads', '2']),
  BY_HAND,
  // It imports statsmodels without asking for it.
  peer('NannyML univariate', 'nannyml_univariate.py', 'nannyml', ['nannyml', 'statsmodels']),
  // Its newest release imports what pandas 3 no longer has.
  peer('Evidently DataDriftPreset', 'evidently_preset.py', 'evidently', ['evidently', 'pandas<3']),
];
