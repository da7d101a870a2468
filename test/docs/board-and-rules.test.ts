/** What board and rules ask for is what is shown: names of metrics, and of their labels. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { METRIC_FAMILIES } from '../../src/api/metrics/fleet-families.ts';
import { LEFT_OUT, MODEL_FAMILIES } from '../../src/api/metrics/model-families.ts';
import { PROCESS_FAMILIES } from '../../src/api/metrics/process-metrics.ts';
import { VERDICTS } from '../../src/core/findings.ts';
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
