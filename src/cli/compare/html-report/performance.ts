import { CYCLE_WORDS } from '../../../core/columns/cycle-figures.ts';
import type { GroupFinding, HoldoutFinding, Performance, PerformanceMetric } from '../../../core/findings.ts';
import { plural, words } from '../../../words/page-format.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { coordinate } from '../../../picture/paths.ts';
import { figure, percent, probability } from './figures.ts';
import { leftOut } from './shelf.ts';

const WIDTH = 180;
const HEIGHT = 18;
const MARGIN = 8;

/** @param fit how many rates of groups it shows, and the command that shows all */
export function performanceSection(
  performance: Performance | null,
  fit: { readonly most: number; readonly command: string },
): Html | null {
  if (performance === null) return null;
  const { metrics, mature, maturity, cycle, holdout, groups } = performance;
  const bias =
    maturity?.arrival_bias.biased === true
      ? html`; <b>labelled rows differ from the others in ${maturity.arrival_bias.feature}</b>`
      : null;
  return html`<section>
    <h2>Performance</h2>
    <p class="soft">
      ${labelledRows(performance)}${mature ? '' : ', more are expected'}; bars are 95 % intervals, the line is
      the reference${cycle === undefined ? null : ` at ${CYCLE_WORDS[cycle.by]}`}${bias}
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th></th>
            <th class="n">reference</th>
            <th class="n">now</th>
            <th>interval</th>
            <th class="n">p</th>
          </tr>
        </thead>
        <tbody>
          ${Object.entries(metrics).map(([name, metric]) => metricRow(name, metric))}
        </tbody>
      </table>
    </div>
    ${holdout === undefined ? null : holdoutTable(holdout)}
    ${groups === undefined ? null : groupTable(groups, fit)}
  </section>`;
}

/** Where some were held out, their labels are what the figures are from. */
function labelledRows({ labelled, holdout }: Performance): string {
  const share = `${percent(labelled.share)} of all rows have a label`;
  return holdout === undefined
    ? `${plural(labelled.current, 'current row')} labelled (${percent(labelled.share)})`
    : `${plural(labelled.current, 'row')} held out and labelled (${share})`;
}

function holdoutTable({ labelled, metrics }: HoldoutFinding): Html {
  return html`<h3>Hold-out</h3>
    <p class="soft">
      All figures are those of ${plural(labelled.holdout, 'row')} on which nobody acted; beside them
      ${plural(labelled.influenced, 'row')} that the model may have influenced
    </p>
    ${ratesTable(
      ['', 'held out', 'influenced', 'difference', 'p'],
      Object.entries(metrics).map(([name, metric]) => [
        words(name),
        figure(metric.holdout),
        figure(metric.influenced),
        range(metric.difference_interval),
        probability(metric.p_value),
      ]),
    )}`;
}

function groupTable(
  groups: readonly GroupFinding[],
  { most, command }: { readonly most: number; readonly command: string },
): Html {
  const lines = groups.flatMap(({ feature, group, rates }) =>
    Object.entries(rates).map(([name, rate]) => [
      `${feature}=${group}: ${words(name)}`,
      rate.value === null ? '–' : percent(rate.value),
      rate.others === null ? '–' : percent(rate.others),
      pointRange(rate.difference_interval),
      probability(rate.p_value),
    ]),
  );
  const more = lines.length - most;
  return html`<h3>Groups</h3>
    ${ratesTable(['', 'rate', 'others', 'difference, points', 'p'], lines.slice(0, most))}
    ${more > 0 ? leftOut(`${plural(more, 'rate')} more of groups are`, command) : null}`;
}

function ratesTable(head: readonly string[], lines: readonly (readonly string[])[]): Html {
  return html`<div class="scroll">
    <table class="rates">
      <thead>
        <tr>
          ${head.map((name) => html`<th class="n">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${lines.map(
          ([name = '', ...cells]) =>
            html`<tr>
              <th>${name}</th>
              ${cells.map((cell) => html`<td class="n">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function range(ends: readonly [number, number] | null): string {
  return ends === null ? '–' : `${figure(ends[0])} to ${figure(ends[1])}`;
}

/** Of shares, in percentage points. */
function pointRange(ends: readonly [number, number] | null): string {
  return ends === null ? '–' : `${(ends[0] * 100).toFixed(1)} to ${(ends[1] * 100).toFixed(1)}`;
}

/** Also of figures that are no performance. */
export function metricRow(name: string, metric: Omit<PerformanceMetric, 'reason'>): Html {
  const { reference, current, p_value } = metric;
  return html`<tr>
    <th>${words(name)}</th>
    <td class="n">${figure(reference)}</td>
    <td class="n"><b>${figure(current)}</b></td>
    <td>${interval(metric)}</td>
    <td class="n">${probability(p_value)}</td>
  </tr>`;
}

/** Where the current figure lies, and the reference's beside it, over the stretch they take together. */
function interval({
  reference,
  current,
  interval: ends,
}: Pick<PerformanceMetric, 'reference' | 'current' | 'interval'>): Html {
  if (ends === null || current === null) return html`–`;
  const [low, high] = ends;
  const all = [low, high, current, ...(reference === null ? [] : [reference])];
  const [from, to] = [Math.min(...all), Math.max(...all)];
  const at = (value: number): string =>
    coordinate(to > from ? MARGIN + ((WIDTH - 2 * MARGIN) * (value - from)) / (to - from) : WIDTH / 2);
  const text = `${figure(low)} to ${figure(high)}`;
  return html`<span class="interval"
    ><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text}">
      <line class="ci" x1="${at(low)}" x2="${at(high)}" y1="9" y2="9" />
      <circle class="c" cx="${at(current)}" cy="9" r="4" />
      ${
        reference === null
          ? null
          : html`<line class="ref" x1="${at(reference)}" x2="${at(reference)}" y1="1" y2="17" />`
      }</svg
    ><small>${text}</small></span
  >`;
}
