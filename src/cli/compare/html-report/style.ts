import { tokensCss } from '../../../words/tokens.ts';

/**
 * One style, inlined, of the colours of every page; none of them says anything that is not also a word, a letter or a
 * shape. On paper everything is open and dark on white.
 */
export const REPORT_STYLE = `
${tokensCss()}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:60rem;margin:0 auto;padding:1.25rem 1rem 2rem}
h1{font-size:1.4rem;line-height:1.32;font-weight:650;letter-spacing:-.015em;margin:.5rem 0 .6rem}
h2{font-size:1.05rem;margin:0 0 .35rem}
h3{font-size:.95rem;margin:0}.scroll+h3{margin-top:1.3rem}
p,ul{margin:.3rem 0}ul{padding-left:1.15rem}
b{font-weight:600}
.soft,.from,footer{color:var(--soft)}.from,.soft,footer{font-size:.88rem}.from b{color:var(--ink)}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.15rem;margin:0 0 1rem}
section section{border:0;padding:.75rem 0 0;margin:0}
summary{cursor:pointer;padding:.2rem 0}summary:focus-visible{outline:2px solid var(--current)}
details+details{border-top:1px solid var(--line)}
.pill{display:inline-block;border-radius:99px;padding:.05rem .6rem;font-size:.8rem;font-weight:600}
.chip{display:inline-block;min-width:1.5em;border-radius:4px;padding:0 .25em;font-size:.8rem;line-height:1.5;font-weight:700;text-align:center}
.key i{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;vertical-align:-1px;margin-left:.5rem}.key i:first-child{margin-left:0}
i.b{background:var(--reference)}i.c{background:var(--current)}
.feature{display:grid;grid-template-columns:minmax(9rem,1fr) 220px minmax(15rem,1.4fr);gap:.3rem 1.25rem;align-items:center;padding:.7rem 0;border-top:1px solid var(--line);break-inside:avoid}
.feature header .soft{margin-right:.25rem}
figure{margin:0}figure svg{display:block;width:100%;height:auto}
svg{overflow:visible}path.b{fill:var(--reference)}path.c{fill:var(--current)}
figcaption{display:flex;justify-content:space-between;gap:1rem;font-size:.75rem;color:var(--soft)}
figcaption span{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
dl{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;margin:0}
dt{font-size:.75rem;color:var(--soft)}dd{margin:0;font-variant-numeric:tabular-nums;font-size:.92rem}
.facts{gap:.6rem 2.2rem;margin:.4rem 0}.facts dd{font-size:1.1rem;font-weight:600}.facts small{display:block;font-size:.78rem;font-weight:400;color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-top:1px solid var(--line);vertical-align:middle}
thead th{border:0;font-size:.75rem;font-weight:400;color:var(--soft);padding-top:.2rem}tbody th{font-weight:500}th,.pill{white-space:nowrap}td:last-child:not(.n){min-width:12rem}.scroll th{overflow-wrap:normal}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.interval{display:flex;flex-wrap:wrap;align-items:center;gap:.1rem .6rem}.interval svg{width:180px;height:18px}.interval small{color:var(--soft);white-space:nowrap}
.ci{stroke:var(--current);stroke-width:5;stroke-linecap:round;opacity:.35}circle.c{fill:var(--current)}.ref{stroke:var(--ink);stroke-width:1.5}
.strip{display:flex;flex-wrap:wrap;gap:3px;list-style:none;margin:.8rem 0 0;padding:0}
.strip li{width:22px;height:26px;border-radius:4px;font-size:.78rem;font-weight:700;display:grid;place-items:center}
.span{display:flex;justify-content:space-between;gap:1rem;font-size:.78rem}
.lines{display:grid;grid-template-columns:1fr 1fr;gap:1rem 1.5rem;margin-top:.5rem}.line{min-width:0;break-inside:avoid}.line figcaption{font-size:.82rem}.line b{color:var(--ink)}
.course{fill:none;stroke:var(--reference);stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
.quiet,.moved{fill:none;stroke:var(--reference);stroke-width:4;stroke-linecap:round}.moved{stroke:var(--covariate-ink);stroke-width:8}.broken{stroke:var(--fault-ink);stroke-width:2.5;fill:none}.floor{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 4}
.brief{grid-column:1/-1;padding:.25rem 0;border-top:1px solid var(--line);font-size:.88rem}figure.brief{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:1rem;align-items:center}.brief figcaption{font-size:1em}.brief figcaption b{color:var(--ink)}
.ribbon{width:100%;height:1rem;overflow:hidden}.verdict .ribbon{height:1.6rem;margin-top:.8rem}.ribbon path{stroke-width:2}.ribbon .r-ok{stroke:var(--line);stroke-width:.5}.ribbon .r-none{stroke:var(--edge);stroke-width:1}.r-info,.r-warning,.r-critical,.r-covariate{stroke:var(--covariate-ink)}.ribbon .r-info{stroke-width:.8}.ribbon .r-warning{stroke-width:1.3}.r-fault{stroke:var(--fault-ink)}.r-label{stroke:var(--label-ink)}.r-concept{stroke:var(--concept-ink)}.r-mixed{stroke:var(--mixed-ink)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (max-width:44rem){.feature{grid-template-columns:1fr}.feature figure{max-width:22rem}.lines{grid-template-columns:1fr}th,td{padding-right:.5rem}table{font-size:.82rem}.rates tbody th{white-space:normal}.interval svg{display:none}td:last-child:not(.n){min-width:0}h1{font-size:1.2rem}section{padding:.85rem .9rem}}
@media print{body{background:#fff;font-size:11px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}section{break-inside:auto;border-color:#ccc}details::details-content{content-visibility:visible;display:block}}
`;
