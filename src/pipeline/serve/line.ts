import type { Config } from '../../config/resolve.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { IdLedger } from '../intake/id-ledger.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';

/** What the steps share that run in one process. */
export interface Line {
  readonly config: Config;
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly ledger: IdLedger;
  readonly clock: Clock;
  readonly log: Log;
}
