/** What board and rules ask for is what is shown: names of metrics, and of their labels. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { METRIC_FAMILIES } from '../../src/api/metrics/fleet-families.ts';
import { LEFT_OUT, MODEL_FAMILIES } from '../../src/api/metrics/model-families.ts';
import { PROCESS_FAMILIES } from '../../src/api/metrics/process-metrics.ts';
import { VERDICTS } from '../../src/core/findings.ts';
import { atEnd } from '../harness/cleanup.ts';
import { alertRules, boardQueries, hasPrometheus, RULES } from '../harness/prometheus/prometheus.ts';

const labelsOf = new Map<string, readonly string[]>([
  ...[...METRIC_FAMILIES, ...MODEL_FAMILIES, LEFT_OUT].map(({ name, labels }) => [name, labels] as const),
  ...PROCESS_FAMILIES.map(([name, labels]) => [name, [...labels, 'le', 'instance']] as const),
]);

it.each([...boardQueries(), ...alertRules()])('$title asks for what there is', ({ expr }) => {
  const names = Array.from(expr.matchAll(/shiftwatch_\w+/g), ([name]) => name.replace(/_bucket$/, ''));
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !labelsOf.has(name))).toEqual([]);
  const known = new Set(names.flatMap((name) => labelsOf.get(name) ?? []));
  const asked = [
    ...Array.from(expr.matchAll(/\{([^}]*)\}/g), ([, inner = '']) =>
      Array.from(inner.matchAll(/(\w+)(?:=|!)/g), ([, label = '']) => label),
    ).flat(),
    ...Array.from(expr.matchAll(/\bby \(([^)]*)\)/g), ([, inner = '']) => inner.split(', ')).flat(),
  ];
  expect(asked.filter((label) => !known.has(label))).toEqual([]);
});

it('has a ribbon of every verdict, as a state timeline', () => {
  const board = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../deploy/grafana/shiftwatch.json'), 'utf8'),
  ) as {
    panels: {
      type: string;
      title: string;
      fieldConfig?: { defaults: { mappings?: { options: Record<string, { text: string }> }[] } };
    }[];
  };
  const ribbon = board.panels.find(({ type }) => type === 'state-timeline');
  const texts = Object.values(ribbon?.fieldConfig?.defaults.mappings?.[0]?.options ?? {}).map(({ text }) =>
    text.replaceAll(' ', '_'),
  );
  expect(texts.toSorted()).toEqual([...VERDICTS].toSorted());
});

it.skipIf(!hasPrometheus() && process.env['CI'] === undefined)('rules pass promtool', () => {
  expect(execFileSync('promtool', ['check', 'rules', RULES], { encoding: 'utf8' })).toContain('SUCCESS');
});

it.skipIf(!hasPrometheus() && process.env['CI'] === undefined)(
  'a database that is away is told of until it is back, also when no token is known any more',
  async () => {
    const series = 'instance="a:8080", job="shiftwatch"';
    const at = (time: string, fires: boolean): object => ({
      eval_time: time,
      alertname: 'ShiftwatchDatabaseDown',
      exp_alerts: fires
        ? [
            {
              exp_labels: { instance: 'a:8080', severity: 'critical' },
              exp_annotations: { summary: 'The database does not answer a:8080.' },
            },
          ]
        : [],
    });
    const tests = {
      rule_files: [resolve(RULES)],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: [
            // Well for 5 minutes, away for 15, refused for 20, back.
            { series: `shiftwatch_database_up{${series}}`, values: '1x4 0x14 stale _x19 1x10' },
            { series: `up{${series}}`, values: '1x19 0x20 1x10' },
          ],
          alert_rule_test: [
            at('4m', false),
            at('8m', true),
            at('20m', true),
            at('38m', true),
            at('45m', false),
          ],
        },
      ],
    };
    const folder = await mkdtemp(join(tmpdir(), 'rules-'));
    atEnd(() => rm(folder, { recursive: true }));
    const file = join(folder, 'database.json');
    await writeFile(file, JSON.stringify(tests));
    expect(execFileSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS');
  },
);
