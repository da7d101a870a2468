import type { Multivariate } from '../../../core/findings.ts';
import { plural } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { figure, percent, probability } from './figures.ts';

const MOST_NAMED = 5;
const SMALLEST_SHARE = 0.01;

export function multivariateSection(multivariate: Multivariate | null): Html | null {
  if (multivariate === null) return null;
  const { rows, domain_classifier: classifier, pca_reconstruction: pca, mmd } = multivariate;
  if (classifier === null && pca === null && mmd === null) return null;
  return html`<section>
    <h2>All columns together</h2>
    <p class="soft">
      on samples of ${plural(rows.reference, 'reference row')} and ${plural(rows.current, 'current row')}
    </p>
    <dl class="facts">
      ${
        classifier === null
          ? null
          : html`<div>
              <dt>A classifier tells them apart</dt>
              <dd>
                AUC ${classifier.auc.toFixed(3)}<small
                  >${classifier.null_band.map((end) => end.toFixed(3)).join(' to ')} if nothing moved, p
                  ${probability(classifier.p_value)}</small
                >
              </dd>
            </div>`
      }
      ${
        pca === null
          ? null
          : html`<div>
              <dt>Error of ${plural(pca.components, 'principal component')}</dt>
              <dd>
                ${figure(pca.reference)} → ${figure(pca.current)}<small>p ${probability(pca.p_value)}</small>
              </dd>
            </div>`
      }
      ${
        mmd === null
          ? null
          : html`<div>
              <dt>Maximum mean discrepancy</dt>
              <dd>
                ${figure(mmd.statistic)}<small
                  >p ${probability(mmd.p_value)}, ${plural(mmd.permutations, 'permutation')}</small
                >
              </dd>
            </div>`
      }
    </dl>
    ${
      classifier === null || classifier.contributions.length === 0
        ? null
        : html`<p class="soft">
            Told apart by
            ${classifier.contributions
              .filter(({ share }) => share >= SMALLEST_SHARE)
              .slice(0, MOST_NAMED)
              .map(({ feature, share }) => `${feature} (${percent(share)})`)
              .join(', ')}.
          </p>`
    }
  </section>`;
}
