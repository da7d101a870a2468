/** What was noticed, as a configuration with a comment beside everything that was decided. It passes `config check`. */
import { durationText } from '../config/duration.ts';
import { DAY_MS } from '../core/clock.ts';
import type { Noticed, NoticedColumn, NoticedSource } from './noticed.ts';

const MATURE_MS = [1 / 24, 1 / 4, 1, 3, 7, 14, 30, 60, 90, 180, 365].map((days) => days * DAY_MS);
const HORIZON_MS = 30 * DAY_MS;
const KINDS_TO_SAY: ReadonlySet<string> = new Set(['feature', 'constant', 'doubtful']);
const MAX_NAME = 256;
/** Comments stand in one column, unless what they are about is longer. */
const COMMENT_AT = 44;

/** @param brokersFrom where TLS and login were taken from, which this text does not repeat */
export function configText(noticed: Noticed, brokersFrom: string | null): string {
  const lines = [
    `# Written by \`shiftwatch init\`, from ${sourceText(noticed.source, noticed.rows)}.`,
    '# What stands behind a # was noticed there. Every key: docs/configuration.md',
    '',
    '# database: "${DATABASE_URL}"   # without it: an embedded PostgreSQL under ./.shiftwatch',
    ...kafkaLines(noticed.source, brokersFrom),
    '',
    'models:',
    ...modelLines(noticed).map((line) => `    ${line}`.replace(/^ {4}- /, '  - ').trimEnd()),
  ];
  return `${lines.join('\n')}\n`;
}

function sourceText(source: NoticedSource, rows: number): string {
  if ('file' in source) return `${oneLine(source.file)} (${whole(rows)} rows)`;
  const labels =
    source.labels_topic === null
      ? ''
      : ` and ${whole(source.label_records)} of ${oneLine(source.labels_topic)}`;
  return `${whole(source.records)} records of the topic ${oneLine(source.topic)}${labels}`;
}

function kafkaLines(source: NoticedSource, brokersFrom: string | null): string[] {
  if ('file' in source) {
    return [
      '',
      '# Events come over HTTP (POST /api/v1/events), or from Kafka:',
      '# kafka:',
      '#   brokers: localhost:9092',
      '#   topics: { predictions: [ml.predictions], labels: [ml.labels] }',
    ];
  }
  const { format, schema_registry: registry } = source;
  const labels = source.labels_topic === null ? [] : [`    labels: [${topic(source.labels_topic, source)}]`];
  return [
    '',
    'kafka:',
    `  brokers: ${value(source.brokers.join(','))}`,
    ...(brokersFrom === null ? [] : [`  # ssl and sasl: copy them from ${oneLine(brokersFrom)}`]),
    beside('  start: earliest', 'what the topic still holds is judged too'),
    '  topics:',
    beside(
      `    predictions: [${topic(source.topic, source)}]`,
      format === 'json' ? 'events as in docs/logs.md' : `messages look like ${format}`,
    ),
    ...labels,
    ...(registry === null ? [] : ['', `schema_registry: { url: ${value(registry)} }`]),
  ];
}

function topic(
  name: string,
  { format, schema_registry: registry }: Exclude<NoticedSource, { file: string }>,
): string {
  const more = [
    ...(format === 'json' ? [] : [`format: ${format}`]),
    ...(registry === null ? [] : ['encoding: registry']),
  ];
  return more.length === 0 ? value(name) : `{ topic: ${value(name)}, ${more.join(', ')} }`;
}

function modelLines(noticed: Noticed): string[] {
  const { task, positive_class: positive, features_from: from } = noticed;
  const output = noticed.columns.filter(({ role }) => role === 'prediction' || role === 'label');
  const why =
    output.length === 0
      ? 'a guess: neither predictions nor labels were seen'
      : output.map(({ name, distinct }) => `${name} has ${whole(distinct ?? 0)} different values`).join(', ');
  return [
    `- name: ${value(noticed.model)}`,
    beside(`task: ${task}`, why),
    ...(positive === null
      ? []
      : [beside(`positive_class: ${value(positive)}`, 'whose probability the score is')]),
    ...(from === 'features' ? [beside('features_from: features', 'features are logged apart')] : []),
    ...windowLines(noticed),
    ...segmentLines(noticed),
    ...labelLines(noticed),
    beside(
      'alerts: { for: 2 }',
      'so many windows in a row before people are told; add channels to reach them',
    ),
    ...columnLines(noticed.columns),
  ];
}

function windowLines({ window, false_alarms_per_week: alarms, source }: Noticed): string[] {
  const { size_ms: sizeMs, grace_ms: graceMs, rows, rows_per_window: perWindow, span_ms: spanMs } = window;
  const keys = `size: ${durationText(sizeMs)}, grace: ${durationText(graceMs)}`;
  const seen = 'file' in source ? 'the file' : 'the topic';
  const why =
    perWindow === null || spanMs === null
      ? 'no times were seen: a window ends when it has rows enough'
      : `about ${whole(perWindow)} rows each, by the traffic of ${spanText(spanMs)} in ${seen}`;
  return [
    beside(`windows: [{ ${keys}${rows === null ? '' : `, rows: ${rows}`} }]`, why),
    `# False alarms expected by chance: at most ${alarms.at_most} a week. A week has ${alarms.windows_per_week} windows, and of`,
    `# 1,000 in which nothing moved ${alarms.flagged_per_1000} show something (docs/records/calibration.md); two in a row are rarer.`,
    ...(sizeMs < 60 * 60_000 && spanMs !== null
      ? [`# Only ${spanText(spanMs)} were seen: { size: 1h } is usual once there is a day of it.`]
      : []),
  ];
}

function segmentLines({ segments }: Noticed): string[] {
  if (segments.length === 0) return [];
  const names = segments.map(({ name }) => quoted(name)).join(', ');
  const why = segments
    .map(
      ({ name, levels, fewest_rows: fewest }) =>
        `${oneLine(name)} ${levels} levels of ${whole(fewest)} rows a window or more`,
    )
    .join('; ');
  return [beside(`# segments: [${names}]`, `each value could be watched apart: ${why}`)];
}

function labelLines({ labels_within_ms: withinMs }: Noticed): string[] {
  if (withinMs === null) return [];
  const matureMs = MATURE_MS.find((ms) => ms >= withinMs) ?? MATURE_MS.at(-1)!;
  const horizonMs = Math.max(HORIZON_MS, 2 * matureMs);
  return [
    beside(
      `labels: { mature_after: ${durationText(matureMs)}, horizon: ${durationText(horizonMs)} }`,
      `99 of 100 labels came within ${spanText(withinMs)}`,
    ),
  ];
}

/** Features as keys, so that what was noticed can be corrected where it stands; all others as comments. */
function columnLines(columns: readonly NoticedColumn[]): string[] {
  const others = columns.filter((column) => !isKey(column));
  const keys = columns.filter(isKey);
  return [
    ...(others.length === 0 ? [] : ['# Columns that are no features:']),
    ...others.map((column) => `#   ${oneLine(column.name)}: ${besideColumn(column)}`),
    ...(keys.length === 0 ? [] : ['features:']),
    ...keys.map((column) =>
      beside(`  ${quoted(column.name)}: { kind: ${saidKind(column) ?? ''} }`, besideColumn(column)),
    ),
  ];
}

function saidKind({ role, kind }: NoticedColumn): string | null {
  if (role === 'identifier' || role === 'calendar') return role;
  return KINDS_TO_SAY.has(role) ? kind : null;
}

const isKey = (column: NoticedColumn): boolean => saidKind(column) !== null && isName(column.name);

/** What the configuration takes for the name of a column. */
const isName = (name: string): boolean =>
  name.length <= MAX_NAME &&
  /^(?!\s)[^\p{Cc}\p{Zl}\p{Zp}]+(?<!\s)$/u.test(name) &&
  name.normalize('NFC') === name;

function besideColumn(column: NoticedColumn): string {
  const { role, kind, why, missing, distinct, decimal_comma: isComma, rare_levels: rare, range } = column;
  const isFeature = KINDS_TO_SAY.has(role);
  const roleText = role.replaceAll('_', ' ');
  const head = isFeature ? (kind ?? 'left out') : role === 'identifier' ? 'identifier, left out' : roleText;
  const parts = [
    head,
    ...(!isFeature && kind !== null && role !== 'identifier' ? [kind] : []),
    ...(isComma ? ['decimal commas'] : []),
    ...(range === null ? [] : [`${short(range.low)} to ${short(range.high)}`]),
    ...(kind !== null && kind !== 'numeric' && distinct !== null ? [`${whole(distinct)} levels`] : []),
    ...(rare > 0 ? [`${whole(rare)} of them rare (under 1 % of rows)`] : []),
    ...(missing !== null && missing > 0 ? [`${(100 * missing).toFixed(1)} % missing`] : []),
  ];
  return oneLine(why === null ? parts.join(', ') : `${parts.join(', ')}: ${why}`);
}

function beside(text: string, comment: string): string {
  return `${text.padEnd(COMMENT_AT)} # ${oneLine(comment)}`;
}

/** Names come from data: a line break in a comment would be the end of it. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
const whole = (count: number): string => count.toLocaleString('en');
const short = (value: number): string => String(Number(value.toPrecision(4)));

const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const WORDS = /^(?:y|n|yes|no|true|false|on|off|null)$/i;

/** As YAML reads it back: text, whatever it looks like. */
function quoted(text: string): string {
  return PLAIN.test(text) && !WORDS.test(text) ? text : JSON.stringify(text);
}

/** Of a value, in which a reference would be resolved. */
const value = (text: string): string => quoted(text.replaceAll('${', '$${'));

function spanText(ms: number): string {
  const units = [
    ['days', DAY_MS],
    ['hours', DAY_MS / 24],
    ['minutes', 60_000],
    ['seconds', 1_000],
  ] as const;
  const [unit, unitMs] = units.find(([, each]) => ms >= 2 * each) ?? (['seconds', 1_000] as const);
  return `${Math.ceil(ms / unitMs)} ${unit}`;
}
