import type { DigestBlock, DigestRow, MessageContent, PerformanceLine, Tone } from '../../message/content.ts';
import type { MovedFeature } from '../../message/moved-features.ts';
import type { Picture } from '../../charts/chart.ts';
import { capital } from '../../../words/display-text.ts';
import {
  DARK_COLOURS as DARK,
  LIGHT_COLOURS as LIGHT,
  VERDICT_STYLES,
  type VerdictStyle,
} from '../../../words/tokens.ts';

/**
 * The HTML part, for programs that know tables and inline styles and little else. The classes carry the dark
 * colours only; where style sheets are dropped, the light ones stand inline. Pictures come with the mail, nothing is
 * remote, and every picture has its numbers in words.
 */
export function mailHtml(content: MessageContent, { pictures, unsubscribeUrl }: MailExtras): string {
  const sections = [
    paragraph(content.headline, `font-size:18px;line-height:26px;font-weight:600;color:${LIGHT.ink}`, 'ink'),
    content.summary === null ? '' : paragraph(content.summary),
    adviceBox(content),
    factsTable(content),
    ...pictures.filter(({ chart }) => chart.kind === 'timeline').map(courseSection),
    ...content.digest.map(digestSection),
    movedSection(content, pictures),
    performanceSection(content),
    ...content.figures.map(({ title, lines }) => listSection(title, lines)),
    listSection('Why', content.evidence),
    content.retrain === null ? '' : heading('Retraining') + paragraph(content.retrain),
    button(content.link),
  ];
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(content.subject)}</title><style>${STYLE}</style></head>
<body class="page" style="margin:0;padding:0;background:${LIGHT.ground};${FONT}">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(preview(content))}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:${LIGHT.ground}"><tr><td align="center" style="padding:16px 8px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:${LIGHT.card};border:1px solid ${LIGHT.line};border-radius:8px">
<tr><td style="background:${LIGHT[`${styleOf(content)}-ink`]};border-radius:7px 7px 0 0;padding:14px 20px;color:${LIGHT.card}">
<div style="font-size:13px;line-height:18px;font-weight:600;color:${LIGHT.card}">${chipOf(content)}${escapeHtml(content.badge)}</div>
<div style="font-size:20px;line-height:26px;font-weight:700;color:${LIGHT.card};${WRAP}">${escapeHtml(content.subjectOf)}</div>
</td></tr>
<tr><td style="padding:18px 20px 20px">
${sections.filter((section) => section !== '').join('\n')}
</td></tr></table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px"><tr><td class="muted" style="padding:12px 20px;font-size:12px;line-height:18px;color:${LIGHT.soft}">
${content.footer.map(escapeHtml).join('<br>')}${unsubscribeLine(unsubscribeUrl)}
</td></tr></table>
</td></tr></table>
</body></html>
`;
}

export interface MailPicture extends Picture {
  readonly cid: string;
}

export interface MailExtras {
  readonly pictures: readonly MailPicture[];
  readonly unsubscribeUrl: string | null;
}

/** Of what is about no verdict. */
const TONE_STYLES: Readonly<Record<Tone, VerdictStyle>> = {
  alarm: 'concept',
  warn: 'fault',
  notice: 'covariate',
  good: 'ok',
};

/** White on its ink is the band on top. */
function styleOf({ mark, tone }: MessageContent): VerdictStyle {
  return mark?.style ?? TONE_STYLES[tone];
}

/** The verdict's letter on its colour, as on every page. */
function chipOf(content: MessageContent): string {
  if (content.mark === null) return '';
  const style = styleOf(content);
  return `<span aria-hidden="true" style="display:inline-block;min-width:12px;margin-right:8px;padding:0 4px;border-radius:4px;text-align:center;background:${LIGHT[style]};color:${LIGHT[`${style}-ink`]}">${content.mark.letter}</span>`;
}

const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
/** Long names break rather than widen the mail. */
const WRAP = 'word-break:break-word;overflow-wrap:anywhere';

const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:${DARK.ground}!important}
.card{background:${DARK.card}!important;border-color:${DARK.line}!important}
.ink{color:${DARK.ink}!important}
.muted{color:${DARK.soft}!important}
.line{border-color:${DARK.line}!important}
.box{background:${DARK.none}!important;border-color:${DARK.edge}!important}
.button{background:${DARK.ink}!important;color:${DARK.ground}!important}
${VERDICT_STYLES.map((style) => `.${style}{color:${DARK[`${style}-ink`]}!important}`).join('\n')}
}`;

function adviceBox({ advice }: MessageContent): string {
  if (advice === null) return '';
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:14px 0 4px"><tr><td class="box" style="background:${LIGHT.ground};border-left:4px solid ${LIGHT.soft};border-radius:4px;padding:12px 14px">
<div class="muted" style="font-size:12px;line-height:16px;color:${LIGHT.soft}">What to do</div>
<div class="ink" style="font-size:16px;line-height:24px;font-weight:700;color:${LIGHT.ink}">${escapeHtml(advice.title)}</div>
<div class="ink" style="font-size:14px;line-height:21px;color:${LIGHT.ink}">${escapeHtml(advice.text)}</div>
</td></tr></table>`;
}

function factsTable({ facts }: MessageContent): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td class="muted" valign="top" style="padding:3px 12px 3px 0;font-size:14px;line-height:20px;color:${LIGHT.soft};white-space:nowrap">${escapeHtml(label)}</td>` +
      `<td class="ink" valign="top" width="100%" style="padding:3px 0;font-size:14px;line-height:20px;color:${LIGHT.ink};${WRAP}">${escapeHtml(value)}</td></tr>`,
  );
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:12px 0 0">${rows.join('')}</table>`;
}

function courseSection(picture: MailPicture): string {
  return picture.chart.kind === 'timeline' ? heading(capital(picture.chart.title)) + image(picture) : '';
}

/** As wide as its place allows; where pictures are not shown, its words stand in its place. */
function image({ cid, chart, widthPx }: MailPicture): string {
  return `<img src="cid:${escapeHtml(cid)}" width="${widthPx}" alt="${escapeHtml(chart.alt)}" class="chart ink" style="display:block;width:100%;max-width:${widthPx}px;height:auto;margin:8px 0 2px;border:0;border-radius:4px;font-size:13px;line-height:19px;color:${LIGHT.ink}">`;
}

function unsubscribeLine(url: string | null): string {
  if (url === null) return '';
  return `<br><a class="muted" href="${escapeHtml(url)}" style="color:${LIGHT.soft};text-decoration:underline">No more of these mails</a>`;
}

function movedSection(
  { moved, movedLegend, moreMoved }: MessageContent,
  pictures: readonly MailPicture[],
): string {
  if (moved.length === 0) return '';
  const more = moreMoved > 0 ? paragraph(`and ${moreMoved} more`, SMALL, 'muted') : '';
  const rows = moved.map((feature) => movedRow(feature, pictureOf(feature, pictures))).join('');
  return `${heading('What moved')}${paragraph(movedLegend, LEGEND, 'muted')}<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${rows}</table>${more}`;
}

function pictureOf({ name }: MovedFeature, pictures: readonly MailPicture[]): string {
  const found = pictures.find(({ chart }) => chart.kind === 'distribution' && chart.feature === name);
  return found === undefined ? '' : image(found);
}

function digestSection({ title, rows }: DigestBlock): string {
  return `${heading(title)}<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${rows.map((row) => movedRow(row)).join('')}</table>`;
}

function movedRow({ name, mark, style, lines, link = null }: DigestRow, picture = ''): string {
  const named = escapeHtml(name);
  const shown =
    link === null
      ? named
      : `<a class="ink" href="${escapeHtml(link)}" style="color:${LIGHT.ink};text-decoration:underline">${named}</a>`;
  const chip =
    mark === ''
      ? ''
      : ` <span class="${style}" style="font-size:13px;font-weight:600;color:${LIGHT[`${style}-ink`]}">${escapeHtml(mark)}</span>`;
  return (
    `<tr><td class="line" style="padding:9px 0;border-top:1px solid ${LIGHT.line};${WRAP}">` +
    `<span class="ink" style="font-size:15px;line-height:22px;font-weight:600;color:${LIGHT.ink}">${shown}</span>${chip}` +
    `<div class="ink" style="font-size:14px;line-height:21px;color:${LIGHT.ink}">${lines.map(escapeHtml).join('<br>')}</div>${picture}</td></tr>`
  );
}

function performanceSection({ performance, performanceNote }: MessageContent): string {
  if (performance.length === 0) return '';
  const rows = performance.map(performanceRow).join('');
  return `${heading('Performance')}<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${rows}</table>${paragraph(performanceNote, SMALL, 'muted')}`;
}

function performanceRow({ metric, change, note }: PerformanceLine): string {
  return (
    `<tr><td class="line ink" valign="top" style="padding:7px 12px 7px 0;border-top:1px solid ${LIGHT.line};font-size:14px;line-height:20px;color:${LIGHT.ink}">${escapeHtml(metric)}</td>` +
    `<td class="line ink" valign="top" align="right" style="padding:7px 0;border-top:1px solid ${LIGHT.line};font-size:14px;line-height:20px;color:${LIGHT.ink}"><b>${escapeHtml(change)}</b>` +
    `<br><span class="muted" style="font-size:13px;color:${LIGHT.soft}">${escapeHtml(note)}</span></td></tr>`
  );
}

function listSection(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li style="margin:0 0 4px;${WRAP}">${escapeHtml(line)}</li>`);
  return `${heading(title)}<ul class="ink" style="margin:0;padding:0 0 0 20px;font-size:14px;line-height:21px;color:${LIGHT.ink}">${items.join('')}</ul>`;
}

function button(link: string | null): string {
  if (link === null) return '';
  return `<div style="margin:20px 0 0"><a class="button" href="${escapeHtml(link)}" style="display:inline-block;background:${LIGHT.ink};color:${LIGHT.card};font-size:14px;line-height:20px;font-weight:600;text-decoration:none;padding:10px 18px;border-radius:6px">Open shiftwatch</a></div>`;
}

function heading(text: string): string {
  return `<h2 class="ink" style="margin:20px 0 4px;font-size:15px;line-height:20px;font-weight:700;color:${LIGHT.ink};${WRAP}">${escapeHtml(text)}</h2>`;
}

const BODY = `font-size:14px;line-height:21px;color:${LIGHT.ink}`;
const LEGEND = `font-size:13px;line-height:19px;color:${LIGHT.soft};margin-bottom:6px`;
const SMALL = `font-size:13px;line-height:19px;color:${LIGHT.soft};margin-top:6px`;

function paragraph(text: string, style = BODY, kind = 'ink'): string {
  return `<div class="${kind}" style="${style};${WRAP}">${escapeHtml(text)}</div>`;
}

/** What an inbox shows behind the subject. */
function preview({ badge, advice, headline }: MessageContent): string {
  return `${badge}. ${headline}${advice === null ? '' : ` What to do: ${advice.title.toLowerCase()}.`}`;
}

function escapeHtml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // A number and its sign stay on one line.
      .replaceAll(' %', '\u00A0%')
  );
}
