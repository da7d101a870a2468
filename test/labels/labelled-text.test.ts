import { expect, it } from 'vitest';
import { INVALID_VALUE } from '../../src/core/events/events.ts';
import type { LabelledRow } from '../../src/labels/labelled-row.ts';
import { labelledCsv, labelledCsvHeader, labelledJson } from '../../src/labels/labelled-text.ts';

const row: LabelledRow = {
  eventMs: Date.UTC(2026, 2, 1, 12),
  modelVersion: '3',
  prediction: 'approve',
  score: 0.83,
  holdout: false,
  label: { value: 'deny', source: 'user', final: true, atMs: Date.UTC(2026, 2, 9) },
  features: new Map<string, number | string | boolean | null | typeof INVALID_VALUE>([
    ['age', -42],
    ['note', '=HYPERLINK("http://evil.example")'],
    ['label', 7],
    ['broken', INVALID_VALUE],
    ['huge', Infinity],
    ['__proto__', 'x'],
  ]),
};

it('is flat JSON, with names that do not collide and nothing JSON cannot hold', () => {
  const text = labelledJson(row);
  expect(text.endsWith('}\n')).toBe(true);
  expect(Object.entries(JSON.parse(text) as object)).toEqual([
    ['timestamp', '2026-03-01T12:00:00.000Z'],
    ['prediction', 'approve'],
    ['score', 0.83],
    ['label', 'deny'],
    ['label_source', 'user'],
    ['label_final', true],
    ['label_timestamp', '2026-03-09T00:00:00.000Z'],
    ['holdout', false],
    ['model_version', '3'],
    ['age', -42],
    ['note', '=HYPERLINK("http://evil.example")'],
    ['feature_label', 7],
    ['broken', null],
    ['huge', null],
    ['__proto__', 'x'],
  ]);
});

it('gives two features two columns, whatever they are called', () => {
  const names = ['label', 'feature_label', 'feature_feature_label', 'feature_age', 'age'];
  expect(labelledCsvHeader(names).trimEnd().split(',').slice(-5)).toEqual([
    'feature_label',
    'feature_feature_label',
    'feature_feature_feature_label',
    'feature_age',
    'age',
  ]);
});

it('is CSV that no spreadsheet runs: texts are escaped, negative numbers are not', () => {
  const features = ['age', 'note', 'absent', 'a,b "c"'];
  expect(labelledCsvHeader(features)).toBe(
    'timestamp,prediction,score,label,label_source,label_final,label_timestamp,holdout,model_version,age,note,absent,"a,b ""c"""\n',
  );
  expect(labelledCsv(row, features)).toBe(
    `2026-03-01T12:00:00.000Z,approve,0.83,deny,user,true,2026-03-09T00:00:00.000Z,false,3,-42,"'=HYPERLINK(""http://evil.example"")",,\n`,
  );
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    const text = labelledCsv({ ...row, prediction: `${start}cmd` }, []);
    expect(text.replaceAll('"', '')).toContain(`,'${start}cmd`);
  }
});
