import type { Comparison, Evidence } from '../../../core/findings.ts';
import { words } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { markShown } from './mark-shown.ts';
import { markOf } from '../../../words/verdict-mark.ts';
import { figure, percent, probability } from './figures.ts';

/** What moved is the most of it, and stands below as well. */
const MOST_EVIDENCE = 20;

/** What it is, what to do, and why, in this order. */
export function verdictSection({ diagnosis }: Comparison, rows: string): Html {
  const { verdict, types, confidence, summary, advice, evidence, not_tested: notTested } = diagnosis;
  const sure = verdict === 'undetermined' ? '' : ` · confidence ${percent(confidence)}`;
  return html`<section class="verdict">
    <p>
      ${markShown(markOf(verdict))}${types.length > 1 ? html` <span class="soft">${types.map(words).join(', ')}</span>` : null}
    </p>
    <h1>${summary}</h1>
    <p class="soft">
      ${rows}${sure} · advice:
      <b>${words(advice)}</b
      >${notTested.length > 0 ? ` · not tested: ${notTested.map(words).join(', ')}` : ''}
    </p>
    ${
      evidence.length === 0
        ? null
        : html`<details>
            <summary>Why</summary>
            <ul>
              ${evidence.slice(0, MOST_EVIDENCE).map(evidenceLine)}
            </ul>
          </details>`
    }
  </section>`;
}

function evidenceLine({ claim, statistic, value, p_value }: Evidence): Html {
  const figures = [
    ...(value === null ? [] : [`${words(statistic)} ${figure(value)}`]),
    ...(p_value === null ? [] : [`p ${probability(p_value)}`]),
  ];
  return html`<li>
    ${claim}${figures.length === 0 ? null : html` <span class="soft">${figures.join(', ')}</span>`}
  </li>`;
}
