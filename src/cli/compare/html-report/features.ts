import { CYCLE_WORDS, judgedPsi } from '../../../core/columns/cycle-figures.ts';
import type { Comparison, FeatureComparison } from '../../../core/findings.ts';
import type { Shares } from '../../../core/columns/figures.ts';
import { featureStanding } from '../../../words/feature-status.ts';
import { words } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { byChange } from '../by-change.ts';
import { distribution } from './distribution.ts';
import { figure, percent, probability, psiFigure } from './figures.ts';
import type { Shelf } from './shelf.ts';

/** Every column, those that moved most first; what the model answers is apart. */
export function featureSections(comparison: Comparison): (Html | Shelf | null)[] {
  const { features, prediction, score, label, preset } = comparison;
  const outputs = [
    ['prediction', prediction],
    ['score', score],
    ['label', label],
  ] as const;
  const model = outputs.flatMap(([name, feature]) => (feature === null ? [] : [{ ...feature, name }]));
  return [
    preset === undefined
      ? null
      : html`<section>
          <h2>By ${preset.name}</h2>
          <p>
            ${preset.drifted_features} of ${preset.features} features drifted
            (${percent(preset.drifted_share)})${presetRule(preset)}.
          </p>
        </section>`,
    {
      open: html`<section>
        <h2>Features</h2>
        <p class="soft key">
          ${
            features.length === 0
              ? 'The reference has no features.'
              : html`<i class="b"></i> reference <i class="c"></i> now, by the reference’s own bins`
          }
        </p>
       `,
      rows: [...features].sort(byChange).map((feature) => ({
        full: () => featureRow(feature),
        brief: () => featureInBrief(feature),
      })),
      close: html`</section>`,
      of: 'features',
    },
    model.length === 0
      ? null
      : html`<section>
          <h2>Model</h2>
          ${model.map(featureRow)}
        </section>`,
  ];
}

function presetRule({ threshold, drifted }: NonNullable<Comparison['preset']>): string {
  if (threshold === null || drifted === null) return '; it has no rule for the whole data set';
  return `: ${drifted ? 'drift' : 'no drift'} by its rule (${percent(threshold)} or more)`;
}

export function featureRow(feature: FeatureComparison): Html {
  const { name, kind } = feature;
  const { text, style } = featureStanding(feature);
  return html`<article class="feature">
    <header>
      <h3>${name}</h3>
      <span class="soft">${kind}</span> <span class="pill ${style}">${text}</span>
    </header>
    ${distribution(feature) ?? html`<p class="soft">no values to draw</p>`}
    <dl>
      ${figures(feature).map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </article>`;
}

function featureInBrief(feature: FeatureComparison): Html {
  const { text, style } = featureStanding(feature);
  return html`<p class="brief">
    <b>${feature.name}</b> <span class="pill ${style}">${text}</span>
    <span class="soft">PSI ${psiFigure(judgedPsi(feature) ?? undefined)}</span>
  </p>`;
}

function figures(feature: FeatureComparison): [string, string][] {
  const { metrics, missing, invalid, new_levels: newLevels, q_value, preset, overdispersion } = feature;
  const { cycle } = feature;
  const shown: [string, string][] =
    cycle === undefined
      ? [['PSI', psiFigure(metrics.psi)]]
      : [
          ['PSI', psiFigure(cycle.psi)],
          ['beside', CYCLE_WORDS[cycle.by]],
          ['PSI beside all', psiFigure(metrics.psi)],
        ];
  if (metrics.ks !== undefined) shown.push(['KS', figure(metrics.ks.statistic)]);
  else if (metrics.chi_square !== undefined) shown.push(['χ²', figure(metrics.chi_square.statistic)]);
  if (metrics.wasserstein_normalized !== undefined)
    shown.push(['Wasserstein / σ', figure(metrics.wasserstein_normalized)]);
  shown.push(['q', probability(q_value)]);
  const shares: [string, Shares | undefined][] = [
    ['missing', missing],
    ['invalid', invalid],
    ['new levels', newLevels],
  ];
  for (const [term, share] of shares) {
    if (share !== undefined && share.reference + share.current > 0)
      shown.push([term, `${percent(share.reference)} → ${percent(share.current)}`]);
  }
  if (overdispersion !== undefined) shown.push(['spread of windows', `× ${figure(overdispersion.factor)}`]);
  if (preset !== undefined) {
    const limit = preset.threshold === null ? '' : ` of ${figure(preset.threshold)}`;
    shown.push([
      words(preset.method),
      `${figure(preset.value)}${limit}${preset.drifted === true ? ', drifted' : ''}`,
    ]);
  }
  return shown;
}
