import { plural } from '../../words/page-format.ts';
import type { Readiness } from '../../store/rows/readiness.ts';
import type { ServerFacts } from '../../store/read-models/server-facts.ts';
import { type DoctorFinding, failure, fine, warning } from './finding.ts';

/** The oldest PostgreSQL that its makers still repair, and that the tests run on. */
const OLDEST_VERSION = 140_000;
/** One process of all roles: its pool, and what the job queue holds beside it. */
const CONNECTIONS_NEEDED = 24;
/** Windows close by the clock of whoever looks: seconds do not matter, minutes do. */
const SKEW_WARN_MS = 2_000;
const SKEW_FAIL_MS = 60_000;

/** What the server's facts mean for us. Pure: `localMs` is when the server was asked. */
export function judgeDatabase(facts: ServerFacts, readiness: Readiness, localMs: number): DoctorFinding[] {
  return [
    version(facts),
    ...writable(readiness),
    encoding(facts),
    migrations(readiness),
    clockSkew(facts, localMs),
    connections(facts),
  ];
}

function version({ version: text, version_number: number }: ServerFacts): DoctorFinding {
  if (number >= OLDEST_VERSION) return fine('database', `PostgreSQL ${text} answers`);
  return failure('database', `PostgreSQL ${text} is too old`, 'Upgrade to PostgreSQL 14 or later.');
}

function writable({ database, detail }: Readiness): DoctorFinding[] {
  if (database !== 'not_writable') return [];
  const fix = 'Make room on the disk of PostgreSQL, or connect to the server that takes writes.';
  return [failure('database', `answers, but stores nothing: ${detail ?? 'no reason given'}`, fix)];
}

function encoding({ encoding: name }: ServerFacts): DoctorFinding {
  if (name === 'UTF8') return fine('database encoding', name);
  return failure(
    'database encoding',
    `${name} cannot hold every name that logs may bring`,
    'Create the database with `create database … encoding UTF8 template template0`.',
  );
}

function migrations({ migrations: state, detail }: Readiness): DoctorFinding {
  if (state === 'current') return fine('migrations', 'the tables are those of this version');
  if (state === 'newer') {
    return failure(
      'migrations',
      detail ?? 'the tables belong to a newer version',
      'Run the newer shiftwatch.',
    );
  }
  return warning(
    'migrations',
    detail ?? 'tables are missing',
    'Run `shiftwatch migrate`; `serve` does it too.',
  );
}

function clockSkew({ now }: ServerFacts, localMs: number): DoctorFinding {
  const skewMs = Math.abs(Date.parse(now) - localMs);
  const detail = `${(skewMs / 1_000).toFixed(1)} s between this machine and the database`;
  const fix = 'Let both machines take their time from NTP.';
  if (skewMs >= SKEW_FAIL_MS) return failure('clock', detail, fix);
  return skewMs >= SKEW_WARN_MS ? warning('clock', detail, fix) : fine('clock', detail);
}

function connections({ max_connections: max, connections: used }: ServerFacts): DoctorFinding {
  const detail = `${plural(used, 'connection')} of ${max} in use`;
  if (max - used >= CONNECTIONS_NEEDED) return fine('connections', detail);
  return warning(
    'connections',
    `${detail}; one process needs up to ${CONNECTIONS_NEEDED}`,
    'Raise `max_connections` in PostgreSQL, or put a pooler in session mode in front.',
  );
}
