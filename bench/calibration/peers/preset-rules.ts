import { findToolPreset } from '../../../src/compare/presets/find-preset.ts';
import type { PeerRule } from './rules.ts';

/** The tools that `shiftwatch compare --preset` reproduces, by the same code. */
export const PRESET_RULES: readonly PeerRule[] = [
  presetRule('Evidently default (W/σ, JS ≥ 0.1)', 'evidently'),
  presetRule('Evidently PSI ≥ 0.1', 'evidently:psi'),
  presetRule('Evidently JS ≥ 0.1', 'evidently:jensenshannon'),
  presetRule('NannyML JS, mean + 3 σ of 10 chunks', 'nannyml'),
  presetRule('Azure PSI > 0.1 †', 'azure:population_stability_index', 0.1),
  presetRule('TFDV JSD, L∞ > 0.3 †', 'tfdv', 0.3),
  presetRule('Deequ L∞ > 0.1, simple', 'deequ:linf_simple'),
  presetRule('Deequ L∞ > 0.1, robust', 'deequ:linf_robust'),
];

/** `assumed`: a threshold for tools that set none themselves. */
function presetRule(name: string, presetName: string, assumed: number | null = null): PeerRule {
  const preset = findToolPreset(presetName);
  return {
    name,
    prepare: (reference) => (current) => {
      const sorted =
        reference.kind === 'numbers' && current.kind === 'numbers'
          ? { sorted: { reference: reference.sorted, current: current.sorted } }
          : {};
      const result = preset.feature(reference.column, current.column, sorted);
      if (result.drifted !== null) return result.drifted;
      return assumed === null || result.value === null ? null : result.value > assumed;
    },
  };
}
