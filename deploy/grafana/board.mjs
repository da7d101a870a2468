// Makes the board of Grafana, by Grafana's own builders. They take 12 MB and are not installed with shiftwatch:
//
//   npm install --prefix FOLDER @grafana/grafana-foundation-sdk@0.0.21
//   node deploy/grafana/board.mjs FOLDER/node_modules > deploy/grafana/shiftwatch.json
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = process.argv[2] ?? join(process.cwd(), 'node_modules');
const sdk = (name) => createRequire(join(folder, 'x.js'))(`@grafana/grafana-foundation-sdk/${name}`);
const { DashboardBuilder, DatasourceVariableBuilder, QueryVariableBuilder, RowBuilder } = sdk('dashboard');
const { DataqueryBuilder } = sdk('prometheus');
const timeseries = sdk('timeseries');
const statetimeline = sdk('statetimeline');
const stat = sdk('stat');
const table = sdk('table');

const source = { type: 'prometheus', uid: '${datasource}' };
const target = (expr, legend, refId = 'A') => {
  const query = new DataqueryBuilder().refId(refId).expr(expr).datasource(source);
  return legend === null ? query.instant() : query.legendFormat(legend);
};
const panel = (builder, title, description, expr, legend, { span = 12, height = 8, unit } = {}) => {
  const made = builder.title(title).description(description).datasource(source).span(span).height(height);
  if (unit !== undefined) made.unit(unit);
  return made.withTarget(target(expr, legend));
};
const lines = (...rest) => panel(new timeseries.PanelBuilder(), ...rest);
const number = (title, description, expr, options) =>
  panel(new stat.PanelBuilder(), title, description, expr, '', { span: 4, height: 4, ...options });

const KINDS = ['none', 'covariate_shift', 'label_shift', 'concept_drift', 'data_fault', 'mixed', 'undetermined'];
const COLOURS = ['green', 'yellow', 'orange', 'red', 'purple', 'dark-orange', 'text'];
/** One number a verdict, so that the ribbon has one row a version. */
const RIBBON = KINDS.map(
  (kind, at) => `${at} * max by (model, version) (shiftwatch_verdict{model=~"$model",kind="${kind}"})`,
).join(' + ');

const ribbon = panel(
  new statetimeline.PanelBuilder(),
  'Verdicts',
  'The verdict of the newest judged window of each version, over time.',
  RIBBON,
  '{{model}} {{version}}',
  { span: 24, height: 7 },
)
  .mappings([
    {
      type: 'value',
      options: Object.fromEntries(
        KINDS.map((text, index) => [String(index), { text: text.replaceAll('_', ' '), color: COLOURS[index], index }]),
      ),
    },
  ])
  .mergeValues(true);

const worst = panel(
  new table.PanelBuilder(),
  'Features that moved most',
  'By effect, of the newest judged windows.',
  'topk(20, max by (model, version, feature) (shiftwatch_drift_effect{model=~"$model"}))',
  null,
);

const quantile = (metric, by = '') =>
  `histogram_quantile(0.95, sum by (le${by}) (rate(${metric}_bucket[$__rate_interval])))`;

const board = new DashboardBuilder('shiftwatch')
  .uid('shiftwatch')
  .tags(['shiftwatch'])
  .refresh('1m')
  .time({ from: 'now-24h', to: 'now' })
  .withVariable(new DatasourceVariableBuilder('datasource').type('prometheus').label('Data source'))
  .withVariable(
    new QueryVariableBuilder('model')
      .label('Model')
      .datasource(source)
      .query('label_values(shiftwatch_verdict, model)')
      .refresh(2)
      .multi(true)
      .includeAll(true)
      .allValue('.*'),
  )
  .withRow(new RowBuilder('Models'))
  .withPanel(ribbon)
  .withPanel(lines('Performance', 'By its source: with labels, estimated without, of the hold-out.', 'max by (model, version, metric, source) (shiftwatch_performance{model=~"$model"})', '{{model}} {{version}} {{metric}} {{source}}'))
  .withPanel(lines('Its 95 % interval, lower end', 'What it is at least.', 'max by (model, version, metric, source) (shiftwatch_performance_low{model=~"$model"})', '{{model}} {{version}} {{metric}} {{source}}', { span: 6 }))
  .withPanel(lines('Upper end', 'What it is at most.', 'max by (model, version, metric, source) (shiftwatch_performance_high{model=~"$model"})', '{{model}} {{version}} {{metric}} {{source}}', { span: 6 }))
  .withPanel(lines('Drift, the ten features that moved most', 'Jensen-Shannon distance to the baseline.', 'topk(10, max by (model, version, feature) (shiftwatch_drift_effect{model=~"$model"}))', '{{model}} {{version}} {{feature}}'))
  .withPanel(worst)
  .withPanel(lines('Adjusted p-values below 0.05', 'What chance does not explain.', 'min by (model, version, feature) (shiftwatch_drift_q{model=~"$model"}) < 0.05', '{{model}} {{version}} {{feature}}'))
  .withPanel(lines('Missing values', 'Share of the rows.', 'topk(10, max by (model, version, feature) (shiftwatch_missing_share{model=~"$model"}))', '{{model}} {{version}} {{feature}}', { unit: 'percentunit' }))
  .withPanel(lines('Confidence of verdicts', '0 to 1.', 'max by (model, version) (shiftwatch_verdict_confidence{model=~"$model"})', '{{model}} {{version}}', { unit: 'percentunit' }))
  .withPanel(lines('Predictions with a label', 'Of the newest window judged by labels.', 'max by (model, version) (shiftwatch_label_maturity{model=~"$model"})', '{{model}} {{version}}', { unit: 'percentunit' }))
  .withPanel(lines('Open incidents, by age', 'The oldest of each kind.', 'max by (model, kind) (shiftwatch_incident_age_seconds{model=~"$model"})', '{{model}} {{kind}}', { unit: 's' }))
  .withPanel(lines('Incidents', 'By state.', 'sum by (model, cause, state) (shiftwatch_alerts{model=~"$model"})', '{{model}} {{cause}} {{state}}'))
  .withRow(new RowBuilder('The line'))
  .withPanel(number('Records that wait', 'In the logs, not stored yet.', 'sum(shiftwatch_consumer_lag_records)'))
  .withPanel(number('Events unaccounted for', 'Always 0.', 'sum(abs(shiftwatch_events_unaccounted))'))
  .withPanel(number('Dead letters', 'Not replayed.', 'sum(shiftwatch_dead_letters) or vector(0)'))
  .withPanel(number('Deliveries given up', '', 'sum(shiftwatch_deliveries{state="dead"}) or vector(0)'))
  .withPanel(number('Series left out', 'Of models.', 'max(shiftwatch_metrics_series_left_out)'))
  .withPanel(number('Databases away', 'Processes that the database does not answer.', 'count(shiftwatch_database_up == 0) or vector(0)'))
  .withPanel(lines('Events', 'By where they ended.', 'sum by (event_type, outcome) (rate(shiftwatch_events_total[$__rate_interval]))', '{{event_type}} {{outcome}}', { unit: 'eps' }))
  .withPanel(lines('Watermarks behind the clock', '', 'max by (model) (shiftwatch_watermark_age_seconds{model=~"$model"})', '{{model}}', { unit: 's' }))
  .withPanel(lines('Decided, not carried out', '', 'sum by (kind) (shiftwatch_outbox_waiting)', '{{kind}}'))
  .withPanel(lines('Deliveries', 'By state.', 'sum by (kind, state) (shiftwatch_deliveries)', '{{kind}} {{state}}'))
  .withRow(new RowBuilder('Processes'))
  .withPanel(lines('Checkpoints', '95 % take less.', quantile('shiftwatch_checkpoint_seconds'), 'checkpoint', { unit: 's', span: 6 }))
  .withPanel(lines('Evaluations', '95 % take less.', quantile('shiftwatch_evaluation_seconds'), 'evaluation', { unit: 's', span: 6 }))
  .withPanel(lines('Deliveries', '95 % take less.', quantile('shiftwatch_delivery_seconds', ', type'), '{{type}}', { unit: 's', span: 6 }))
  .withPanel(lines('Answers', '95 % take less.', quantile('shiftwatch_http_request_seconds', ', route'), '{{route}}', { unit: 's', span: 6 }))
  .withPanel(lines('Memory', 'Resident.', 'process_resident_memory_bytes * on (instance) group_left () shiftwatch_build_info', '{{instance}}', { unit: 'bytes' }))
  .withPanel(lines('Event loop', '99 % wait less.', 'nodejs_eventloop_lag_p99_seconds * on (instance) group_left () shiftwatch_build_info', '{{instance}}', { unit: 's' }))
  .build();

// Grafana's own would be others each time it is read, and links to a panel would not last.
for (const [at, one] of board.panels.entries()) one.id = at + 1;
process.stdout.write(`${JSON.stringify(board, null, 2)}\n`);
