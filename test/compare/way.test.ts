import { expect, it } from 'vitest';
import { wayOf } from '../../src/compare/way.ts';

const NONE = { reference: 0, current: 0 };
const numeric = (current: number[]) =>
  wayOf({
    kind: 'numeric',
    missing: NONE,
    counts: { bins: [1, 2, 3, null], reference: [25, 25, 25, 25], current },
  });
const close = (value: number): unknown => expect.closeTo(value);

it('tells numbers that went up, down, apart and together', () => {
  expect(numeric([0, 0, 0, 100])).toEqual({ higher: close(0.75), wider: close(0.125) });
  expect(numeric([100, 0, 0, 0])).toEqual({ higher: close(-0.75), wider: close(0.125) });
  expect(numeric([50, 0, 0, 50])).toEqual({ wider: close(0.5) });
  expect(numeric([0, 50, 50, 0])).toEqual({ wider: close(-0.5) });
  expect(numeric([250, 250, 250, 250])).toEqual({});
});

it('tells which levels grew, whichever baseline named them, and true from false', () => {
  const counts = { bins: ['app', 'web'], reference: [50, 50], current: [80, 20] };
  expect(wayOf({ kind: 'categorical', missing: NONE, counts })).toEqual({
    '=app': close(0.3),
    '=web': close(-0.3),
  });
  const truth = { bins: ['true', 'false'], reference: [50, 50], current: [40, 60] };
  expect(wayOf({ kind: 'boolean', missing: NONE, counts: truth })).toEqual({
    '=true': close(-0.1),
    '=false': close(0.1),
  });
});

it('names the twenty levels that moved most', () => {
  const bins = Array.from({ length: 30 }, (_, i) => `l${i}`);
  const way = wayOf({
    kind: 'categorical',
    missing: NONE,
    counts: { bins, reference: bins.map(() => 10), current: bins.map((_, i) => 10 + i) },
  });
  expect(Object.keys(way)).toHaveLength(20);
  expect(Object.keys(way)).toContain('=l29');
});

it('holds a column that follows the hours against what was usual', () => {
  const counts = { bins: [1, null], reference: [50, 50], usual: [20, 80], current: [20, 80] };
  expect(wayOf({ kind: 'numeric', missing: NONE, counts })).toEqual({});
});

it('knows of columns without counts only what is missing', () => {
  expect(wayOf({ kind: 'numeric', missing: { reference: 0.1, current: 0.4 } })).toEqual({
    missing: close(0.3),
  });
  const counts = { bins: [1], reference: [0], current: [5] };
  expect(wayOf({ kind: 'numeric', missing: NONE, counts })).toEqual({});
});
