import { describe, expect, it } from 'vitest';
import { cellTable } from '../../src/cli/terminal/cell-table.ts';
import { columnList } from '../../src/cli/terminal/column-list.ts';
import { painter } from '../../src/cli/terminal/paint.ts';

describe('cellTable', () => {
  it('aligns what is seen, not what colours it', () => {
    const shown = painter(true, {})('red', 'ok');
    expect(
      cellTable(
        ['A', 'B'],
        [
          [{ text: 'ok', shown }, 'x'],
          ['longer', '→ y'],
        ],
      ),
    ).toBe('A       B\n\u001b[31mok\u001b[0m      x\nlonger  → y\n');
    expect(cellTable(['A', 'B'], [['x', 'long']])).toBe('A  B\nx  long\n');
  });
});

describe('painter', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ] as const)('terminal %s with %j: %s', (isTerminal, env, coloured) => {
    expect(painter(isTerminal, env)('bold', 'x').includes('\u001b')).toBe(coloured);
  });
});

describe('columnList', () => {
  it('takes commas and repeats', () => {
    expect(columnList('a, b,,', ['z'])).toEqual(['z', 'a', 'b']);
  });
});
