import type { Held } from '../core/alerts/alert-hold.ts';
import type { Overview } from '../store/read-models/overview.ts';
import { utcMinute } from '../words/page-format.ts';
import { type Html, html } from '../words/html.ts';
import { type HtmlPage, page } from './page.ts';
import { pipelineCard } from './pipeline-card.ts';
import { headlineOf } from '../words/headline.ts';
import { standingOf } from '../words/standing.ts';
import { LEGEND } from '../words/verdict-mark.ts';
import { versionCard } from './version-card.ts';

/** Only while the application is on its way: a page that reloads itself takes it from whoever reads it slowly. */
const REFRESH_SECONDS = 5;

/** Why this page stands in for the application. */
export type Absence =
  | { readonly state: 'building' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'none' };

export interface FirstPageParts {
  readonly overview: Overview;
  /** What holds back the messages of an alert, by its id. */
  readonly holds: ReadonlyMap<string, Held>;
  readonly nowMs: number;
  /** Whether captured mails can be read under /mail. */
  readonly hasMailbox: boolean;
  /** Null: this page was asked for. Absent: there is nothing else. */
  readonly absence?: Absence | null;
}

/** Everything on one page: models, worst first, then the state of the line. Works without any script. */
export function firstPage({
  overview,
  holds,
  nowMs,
  hasMailbox,
  absence = { state: 'none' },
}: FirstPageParts): HtmlPage {
  const versions = [...overview.versions].sort((a, b) => standingOf(a).rank - standingOf(b).rank);
  const headline = headlineOf(overview);
  return page({
    title: `${headline.replace(/\.$/, '')} · shiftwatch`,
    refreshSeconds: absence?.state === 'building' ? REFRESH_SECONDS : null,
    body: html`${bar(nowMs, hasMailbox)}
      <main>
        <p class="headline">${headline}</p>
        ${absenceLine(absence)} ${versions.map((version) => versionCard(version, nowMs, holds))}
        ${overview.unseen.map(unseenCard)}
        ${versions.length + overview.unseen.length === 0 ? noModels() : null}
        ${pipelineCard(overview.pipeline, nowMs)} ${legend()}
      </main>`,
  });
}

function bar(nowMs: number, hasMailbox: boolean): Html {
  const mail = hasMailbox ? html`<a href="/mail">Mail</a>` : null;
  return html`<header class="bar">
    <h1>shiftwatch</h1>
    <nav>${mail}<a href="/api/v1/openapi.json">API</a><a href="/metrics">Metrics</a></nav>
    <span class="when">As of ${utcMinute(new Date(nowMs).toISOString())} UTC. <a href="">Refresh</a></span>
  </header>`;
}

function absenceLine(absence: Absence | null): Html | null {
  if (absence === null) return html`<p class="small soft">Without scripts. <a href="/">The dashboard</a></p>`;
  if (absence.state === 'none') return null;
  if (absence.state === 'building') {
    return html`<p class="small soft">The dashboard is being built; until then this page serves.</p>`;
  }
  return html`<p class="small soft">
    The dashboard could not be built, so this page serves instead: ${absence.reason}
  </p>`;
}

function unseenCard(model: string): Html {
  return html`<section class="card">
    <h2>${model}</h2>
    <p>
      Nothing was logged of it yet, and it has no baseline. <code>shiftwatch doctor</code> says what is
      missing.
    </p>
  </section>`;
}

function noModels(): Html {
  return html`<section class="card">
    <h2>Tell shiftwatch about a model</h2>
    <p>
      Name it under <code>models</code> in the configuration; its training file makes the baseline that
      windows are compared with:
    </p>
    <pre>
shiftwatch config check
shiftwatch baseline create --model NAME --model-version 1 training.csv</pre>
    <p class="soft">Or see the whole line at work on sample data: <code>shiftwatch demo</code></p>
  </section>`;
}

function legend(): Html {
  return html`<ul class="legend" aria-label="Letters">
    ${LEGEND.map(
      ({ letter, style, name }) => html`<li><span class="cell ${style}">${letter}</span>${name}</li>`,
    )}
  </ul>`;
}
