/**
 * One style, inlined. Colours have 4.5:1 against their ground in both schemes, and none of them says anything that is
 * not also a word, a letter or a shape. On paper everything is open and dark on white.
 */
const LIGHT = `--ground:#f7f8f9;--card:#fff;--line:#e1e5ea;--ink:#17212b;--soft:#5a6775;--before:#c9d0d8;--now:#2f6fbf;
--ok:#e6f0e8;--ok-ink:#22623a;--warn:#fbe9c6;--warn-ink:#744b00;--bad:#fbdcd8;--bad-ink:#9c1c10;
--covariate:#d5e5fa;--covariate-ink:#0c4a94;--label:#e8defb;--label-ink:#5a2ba0;--mixed:#f8d9ec;--mixed-ink:#8d1763;--none:#edf0f2;`;
const DARK = `--ground:#10151b;--card:#182029;--line:#2a3541;--ink:#e6ebf0;--soft:#9aa8b6;--before:#4a5867;--now:#7fb4ff;
--ok:#1c3325;--ok-ink:#8fd6a6;--warn:#4a360f;--warn-ink:#f7cf7c;--bad:#551d18;--bad-ink:#ffb9b0;
--covariate:#173a63;--covariate-ink:#a9cffb;--label:#38255e;--label-ink:#cfb7fa;--mixed:#541c40;--mixed-ink:#f6aedb;--none:#232d37;`;

export const REPORT_STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
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
summary{cursor:pointer;padding:.2rem 0}summary:focus-visible{outline:2px solid var(--now)}
details+details{border-top:1px solid var(--line)}
.pill{display:inline-block;border-radius:99px;padding:.05rem .6rem;font-size:.8rem;font-weight:600;background:var(--none);color:var(--soft)}
.ok{background:var(--ok);color:var(--ok-ink)}.warn{background:var(--warn);color:var(--warn-ink)}
.drift,.concept{background:var(--bad);color:var(--bad-ink)}.fault{background:var(--warn);color:var(--warn-ink)}
.covariate{background:var(--covariate);color:var(--covariate-ink)}.label{background:var(--label);color:var(--label-ink)}
.mixed{background:var(--mixed);color:var(--mixed-ink)}.none,.insufficient{background:var(--none);color:var(--soft)}
.key i{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;vertical-align:-1px;margin-left:.5rem}.key i:first-child{margin-left:0}
i.b{background:var(--before)}i.c{background:var(--now)}
.feature{display:grid;grid-template-columns:minmax(9rem,1fr) 220px minmax(15rem,1.4fr);gap:.3rem 1.25rem;align-items:center;padding:.7rem 0;border-top:1px solid var(--line);break-inside:avoid}
.feature header .soft{margin-right:.25rem}
figure{margin:0}figure svg{display:block;width:100%;height:auto}
svg{overflow:visible}path.b{fill:var(--before)}path.c{fill:var(--now)}
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
.ci{stroke:var(--now);stroke-width:5;stroke-linecap:round;opacity:.35}circle.c{fill:var(--now)}.ref{stroke:var(--ink);stroke-width:1.5}
.strip{display:flex;flex-wrap:wrap;gap:3px;list-style:none;margin:.8rem 0 0;padding:0}
.strip li{width:22px;height:26px;border-radius:4px;font-size:.78rem;font-weight:700;display:grid;place-items:center}
.span{display:flex;justify-content:space-between;gap:1rem;font-size:.78rem}
.lines{display:grid;grid-template-columns:1fr 1fr;gap:1rem 1.5rem;margin-top:.5rem}.line{min-width:0;break-inside:avoid}.line figcaption{font-size:.82rem}.line b{color:var(--ink)}
polyline{fill:none;stroke:var(--now);stroke-width:1.5;stroke-linejoin:round;opacity:.7}
circle.ok,circle.insufficient{fill:var(--now)}circle.drift{fill:var(--bad-ink)}path.fault{stroke:var(--warn-ink);stroke-width:2.5;fill:none}.floor{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 4}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (max-width:44rem){.feature{grid-template-columns:1fr}.feature figure{max-width:22rem}.lines{grid-template-columns:1fr}th,td{padding-right:.5rem}table{font-size:.82rem}.rates tbody th{white-space:normal}.interval svg{display:none}td:last-child:not(.n){min-width:0}h1{font-size:1.2rem}section{padding:.85rem .9rem}}
@media print{:root{${LIGHT}}body{background:#fff;font-size:11px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}section{break-inside:auto;border-color:#ccc}details::details-content{content-visibility:visible;display:block}}
`;
