import { describe, expect, it } from 'vitest';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { cells, fileWith, parquetFile } from './files.ts';

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => `${i}.5,1\n`).join('');

describe('task', () => {
  it.each([
    [20, 'classification'],
    [21, 'regression'],
  ])('%d distinct numbers: %s', async (count, task) => {
    const read = await readTable(fileWith('a.csv', `label,x\n${numbers(count)}`));
    expect(read.shape.task).toBe(task);
    expect(read.table.label?.kind).toBe(task === 'regression' ? 'numeric' : 'categorical');
  });

  it('is what was said', async () => {
    const few = await readTable(fileWith('a.csv', `label,x\n${numbers(3)}`), { task: 'regression' });
    expect(cells(few.table.label)).toEqual([0.5, 1.5, 2.5]);
    const many = await readTable(fileWith('a.csv', `prediction,x\n${numbers(30)}`), {
      task: 'classification',
    });
    expect(many.table.prediction).toMatchObject({ kind: 'categorical' });
  });
});

describe('classes', () => {
  it('have one spelling, whatever wrote them', async () => {
    const csv = await readTable(fileWith('a.csv', 'prediction,label\n1.0,1\n 0 ,0.0\n'));
    expect(cells(csv.table.prediction)).toEqual(['1', '0']);
    expect(cells(csv.table.label)).toEqual(['1', '0']);
    const python = await readTable(fileWith('a.csv', 'label,score\nTrue,0.9\nFalse,0.1\n'));
    expect(cells(python.table.label)).toEqual(['true', 'false']);
    expect(python.shape.positiveClass).toBe('true');
    const parquet = await readTable(await parquetFile(`SELECT 1.0::DOUBLE AS label, true AS prediction`));
    expect(cells(parquet.table.label)).toEqual(['1']);
    expect(cells(parquet.table.prediction)).toEqual(['true']);
  });

  it('leave leading zeros alone', async () => {
    const read = await readTable(fileWith('a.csv', 'label,x\n01,1\n1,1\n'));
    expect(cells(read.table.label)).toEqual(['01', '1']);
  });
});

describe('positive class and score', () => {
  const csv = 'label,probability_approve,probability_deny\napprove,0.8,0.2\ndeny,0.3,0.7\n';

  it('is said, and its probability is the score', async () => {
    const read = await readTable(fileWith('a.csv', csv), { positiveClass: 'deny' });
    expect(read.shape.positiveClass).toBe('deny');
    expect(read.table.score?.name).toBe('score');
    expect(cells(read.table.score)).toEqual([0.2, 0.7]);
    expect(read.table.features).toEqual([]);
  });

  it('is not guessed among several', async () => {
    const read = await readTable(fileWith('a.csv', csv));
    expect(read.shape.positiveClass).toBeNull();
    expect(read.table.score).toBeNull();
    expect(read.notes).toEqual(['no probability is used as score: name a class with --positive-class']);
  });

  it('a score column wins over probabilities', async () => {
    const read = await readTable(fileWith('a.csv', 'label,score,probability_1\n1,0.5,0.9\n0,0.5,0.1\n'));
    expect(cells(read.table.score)).toEqual([0.5, 0.5]);
  });

  it('must be a class there is', async () => {
    await expect(readTable(fileWith('a.csv', csv), { positiveClass: 'yes' })).rejects.toMatchObject({
      message: 'no row has class yes',
      fix: 'The classes are approve, deny.',
    });
  });
});

describe('renamed columns', () => {
  it('are no features', async () => {
    const read = await readTable(fileWith('a.csv', 'y_pred,y_true,id,x\n1,0,a,5\n'), {
      columns: { prediction: 'y_pred', label: 'y_true', predictionId: 'id' },
    });
    expect(read.table.features.map(({ name }) => name)).toEqual(['x']);
    expect(cells(read.table.label)).toEqual(['0']);
    expect(read.table.predictionId).toEqual(['a']);
  });

  it('keep an id’s digits too', async () => {
    const read = await readTable(fileWith('a.jsonl', '{"id":12345678901234567890123,"x":1}\n'), {
      columns: { predictionId: 'id' },
    });
    expect(read.table.predictionId).toEqual(['12345678901234567890123']);
  });
});
