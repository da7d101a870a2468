import { describe, expect, it } from 'vitest';
import { inferKind, summarizeColumn } from '../../src/baseline/infer-kind.ts';
import type { KindOverrides } from '../../src/baseline/infer-kind.ts';

type Cells = Parameters<typeof summarizeColumn>[1];
const kindOf = (cells: Cells, overrides?: KindOverrides): string =>
  inferKind(summarizeColumn('c', cells), overrides);

describe('the kind of a column', () => {
  it.each<[string, Cells, string]>([
    ['numbers', [1, 2.5, null, Number.NaN], 'numeric'],
    ['few whole numbers', ['0', '1', '1', '0'], 'numeric'],
    ['numbers as text', ['1', ' 2.5 ', '-3e5', '.5', ''], 'numeric'],
    ['a few unreadable cells', [...Array.from({ length: 96 }, () => '1'), 'n/a', 'n/a', 'x', 'y'], 'numeric'],
    ['mostly words', ['1', '2', 'three'], 'categorical'],
    ['words', ['a', 'b'], 'categorical'],
    ['postal codes', ['01234', '99999', '04567'], 'categorical'],
    ['phone numbers', ['+4930', '+4940'], 'categorical'],
    ['booleans', [true, false, null], 'boolean'],
    ['booleans as words', ['True', 'false'], 'boolean'],
    ['booleans and numbers', [true, 1, 0], 'categorical'],
    ['big integers', [10n, 20n], 'numeric'],
    ['nothing', [null, '', undefined], 'numeric'],
  ])('%s', (_, cells, kind) => {
    expect(kindOf(cells)).toBe(kind);
  });

  it('is what people say it is', () => {
    const numeric = { numeric: new Set(['c']), categorical: new Set<string>() };
    const categorical = { numeric: new Set<string>(), categorical: new Set(['c']) };
    expect(kindOf(['a', 'b'], numeric)).toBe('numeric');
    expect(kindOf([1, 2], categorical)).toBe('categorical');
  });
});
