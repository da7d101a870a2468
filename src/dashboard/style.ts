import { tokensCss } from '../words/tokens.ts';

/**
 * One style for all pages, inlined: no second request, and the policy allows exactly this text by its hash.
 * Colours are picked for 4.5:1 against their ground in both schemes; each also carries a letter or a word.
 */
export const STYLE = `
${tokensCss()}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main, .bar { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
.bar { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding-top: 1.25rem; }
.bar h1 { font-size: 1.05rem; margin: 0; letter-spacing: -.01em; }
.bar nav { display: flex; gap: 1rem; }
.bar .when { margin-left: auto; }
.when, .soft { color: var(--soft); }
.when, .small { font-size: .85rem; }
ul.small { margin: .1rem 0; padding-left: 1.1rem; }
.headline { font-size: 1.45rem; line-height: 1.3; font-weight: 650; letter-spacing: -.015em; margin: 1rem 0 1.25rem; }
a { color: var(--link); }
h2, h3 { margin: 0; line-height: 1.3; }
h2 { font-size: 1.1rem; overflow-wrap: anywhere; }
h3 { font-size: .85rem; font-weight: 600; color: var(--soft); margin: 1.1rem 0 .35rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.15rem; margin: 0 0 1rem; }
.card > header { display: flex; flex-wrap: wrap; gap: .15rem .6rem; align-items: center; }
.card > header .pill { margin-left: auto; }
.verdict { font-size: 1.05rem; margin: .6rem 0 .1rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; }
.pill { display: inline-block; border-radius: 99px; padding: .05rem .6rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.strip-line { display: grid; grid-template-columns: 2rem 1fr; gap: 0 .5rem; margin-top: .9rem; }
.strip-line > div { justify-self: start; }
.strip-line .size { line-height: 28px; font-variant-numeric: tabular-nums; color: var(--soft); font-size: .85rem; }
.strip { display: flex; flex-wrap: wrap; gap: 3px; list-style: none; margin: 0; padding: 0; }
.cell { width: 24px; height: 28px; border-radius: 4px; font-size: .8rem; font-weight: 700; display: grid; place-items: center; cursor: default; }
.span { display: flex; justify-content: space-between; gap: 1rem; font-size: .75rem; color: var(--soft); margin-top: .2rem; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows li { display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: baseline; padding: .4rem 0; border-top: 1px solid var(--line); }
.rows li:first-child { border-top: 0; }
.rows .messages { flex: 1 0 100%; overflow-wrap: anywhere; }
.rows .what { flex: 1 1 16rem; min-width: 0; overflow-wrap: anywhere; }
.curves { display: flex; flex-wrap: wrap; gap: .5rem 1rem; flex-basis: 100%; }
.curve { width: 260px; max-width: 100%; height: auto; font-size: 10px; }
.curve text { fill: var(--soft); }
.curve polyline { fill: none; stroke: var(--covariate-ink); stroke-width: 1.5; }
.curve .axis { stroke: var(--line); }
.curve .aim { stroke: var(--ok-ink); stroke-dasharray: 4 3; }
code, pre { font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--none); border-radius: 4px; padding: .05rem .3rem; overflow-wrap: anywhere; }
pre { background: var(--none); border-radius: 6px; padding: .6rem .8rem; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem 1.2rem; margin: .4rem 0 0; }
.facts div { min-width: 0; }
.facts dt { font-size: .8rem; color: var(--soft); }
.facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts dd small { display: block; font-size: .78rem; font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem .85rem; list-style: none; padding: 0; margin: 0 0 2rem; font-size: .8rem; color: var(--soft); }
.legend li { display: flex; gap: .4rem; align-items: center; }
.legend .cell { width: 20px; height: 20px; font-size: .7rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
form label { display: block; margin: 0 0 .25rem; }
input { width: 100%; max-width: 26rem; padding: .45rem .6rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--card); color: var(--ink); font: inherit; }
button, .button { display: inline-block; margin: .75rem 0 0; padding: .45rem .9rem; border: 1px solid var(--link); border-radius: 6px; background: var(--card); color: var(--link); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.refusal { color: var(--concept-ink); font-weight: 600; }
iframe { width: 100%; height: 70vh; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
@media (max-width: 36rem) {
  .facts { grid-template-columns: repeat(2, 1fr); }
  .card > header .pill, .bar .when { margin-left: 0; }
  .headline { font-size: 1.25rem; }
}
`;
