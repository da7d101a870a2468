import type { CapturedMail } from './api/api-deps.ts';
import type { Config } from './config/resolve.ts';
import { systemClock } from './core/clock.ts';
import { type DashboardApp, startDashboardApp } from './dashboard/app/dashboard-app.ts';
import type { Log } from './core/log.ts';
import { ensureKernel } from './kernel/load-kernel.ts';
import { Started } from './pipeline/serve/started.ts';
import { tracesEndpoint } from './pipeline/serve/traces-endpoint.ts';
import { VERSION } from './pipeline/serve/version.ts';
import { startLine, type Role } from './pipeline.ts';
import { migrate } from './store/connection/migrate.ts';
import { openDatabase } from './store/connection/open-database.ts';
import { createPool } from './store/connection/pool.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly roles: ReadonlySet<Role>;
  readonly log: Log;
  readonly mailbox?: () => readonly CapturedMail[];
  /** Absent: found or built from now on. */
  readonly dashboard?: DashboardApp;
}

export interface Service {
  readonly apiUrl: string | null;
  readonly databaseUrl: string;
  /** What is dead for good; the process should then end with an error, so that a supervisor starts it anew. */
  failure(): string | null;
  /** Finishes what is in hand, within ten seconds. */
  stop(): Promise<void>;
}

/** Where the embedded server keeps its data when no database is configured. */
export const DATA_DIRECTORY = '.shiftwatch';
const POOL_SIZE = 16;
const WITHOUT_KERNEL =
  'messages are decoded without the counting kernel: counts are the same, reading costs several times the processor time';

/** Finds or builds the browser application, beside whatever else is being started. */
export function prepareDashboard(log: Log): DashboardApp {
  return startDashboardApp(log);
}

/** Opens the database, brings it up to date, and starts the asked-for roles; undoes all of it when one fails. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, log } = options;
  const started = new Started(log);
  try {
    const endpoint = tracesEndpoint(process.env);
    if (endpoint !== null) {
      const { exportTraces } = await import('./pipeline/serve/trace-export.ts');
      started.add('traces', exportTraces(endpoint, process.env, VERSION, log));
    }
    const dashboard = options.roles.has('api') ? (options.dashboard ?? prepareDashboard(log)) : null;
    if (dashboard !== null) started.add('dashboard', async () => dashboard.stop());
    const kernel = options.roles.has('ingest') ? ensureKernel() : null;
    const database = await openDatabase({ url: config.databaseUrl, directory: DATA_DIRECTORY, log });
    started.add('database', async () => await database.close());
    const migrated = await migrate({ connectionString: database.url, log });
    if (migrated.length > 0) log.info({ migrations: migrated }, 'database migrated');
    const counting = await kernel;
    if (counting?.kernel === null) log.warn({ reason: counting.reason }, WITHOUT_KERNEL);
    const pool = createPool({
      connectionString: database.url,
      max: POOL_SIZE,
      applicationName: 'shiftwatch',
      log,
    });
    started.add('connections', async () => await pool.end());
    const line = await startLine(
      {
        ...options,
        dashboard: dashboard?.current,
        databaseUrl: database.url,
        pool,
        clock: systemClock,
      },
      started,
    );
    return {
      apiUrl: line.apiUrl,
      databaseUrl: database.url,
      failure: line.failure,
      stop: async () => await started.stop(),
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}
