/** Stores the windows of a shape and judges none: `node bench/evaluate/fill-all.ts URL SHAPE`. */
import { silentLog } from '../../src/core/log.ts';
import { createPool } from '../../src/store/connection/pool.ts';
import { fillHistory, type Shape } from '../history/fill.ts';

const [url = '', shape = '{}'] = process.argv.slice(2);
const pool = createPool({ connectionString: url, max: 6, applicationName: 'fill', log: silentLog });
await fillHistory(
  pool,
  JSON.parse(shape) as Shape,
  async () => {},
  undefined,
  async () => {},
);
await pool.end();
