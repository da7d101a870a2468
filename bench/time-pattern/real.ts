/**
 * The time pattern of columns of a real CSV file whose rows are evenly spaced: windows of so many rows, counted in the
 * deciles of the whole column. Prints one line a column.
 *
 *   node bench/time-pattern/real.ts electricity.csv.gz 48 nswdemand,nswprice
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { timePattern } from '../../src/stats/pattern/time-pattern.ts';

const [file, rowsText, names] = process.argv.slice(2);
if (file === undefined || rowsText === undefined || names === undefined) {
  console.error(
    'usage: node bench/time-pattern/real.ts FILE ROWS_PER_WINDOW COLUMN[,COLUMN…] [LAST_WINDOWS]',
  );
  process.exit(2);
}
const bytes = readFileSync(file);
const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
const [header = '', ...lines] = text.trim().split('\n');
const columns = header.trim().split(',');
const rows = Number(rowsText);
const last = Number(process.argv[5] ?? 400);

for (const name of names.split(',')) {
  const at = columns.indexOf(name);
  const values = lines.map((line) => Number(line.split(',')[at]));
  const sorted = Float64Array.from(values).sort();
  const edges = Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)] ?? 0);
  const all = Array.from({ length: Math.floor(values.length / rows) }, (_, window) => {
    const counts = Array.from({ length: edges.length + 1 }, () => 0);
    for (const value of values.slice(window * rows, (window + 1) * rows)) {
      const cell = edges.filter((edge) => value > edge).length;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return counts;
  });
  const counts = all.slice(-last);
  const began = performance.now();
  const found = timePattern([...counts.keys()], [{ kind: 'counts', counts }]);
  const tookMs = performance.now() - began;
  console.log(name, JSON.stringify(found), `${counts.length} windows, ${tookMs.toFixed(0)} ms`);
}
