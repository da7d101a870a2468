import { errorMessage } from '../../core/errors.ts';
import { withDeadline } from '../../core/clock.ts';
import { type DoctorFinding, failure, fine, warning } from './finding.ts';

/** Redis answers, and never throws jobs away to make room. */
export async function checkRedis(url: string, deadlineMs: number): Promise<DoctorFinding[]> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  // Each command reports its own failure; without a listener the same one would be printed again.
  redis.on('error', () => {});
  try {
    const info = await withDeadline(
      redis.connect().then(() => redis.info()),
      deadlineMs,
    );
    return [
      fine('redis', `Redis ${field(info, 'redis_version') ?? '(unknown version)'} answers`),
      eviction(info),
      ...full(info),
    ];
  } catch (error) {
    return [failure('redis', errorMessage(error), 'Check `queue.url`, and that Redis is running.')];
  } finally {
    redis.disconnect();
  }
}

function eviction(info: string): DoctorFinding {
  const policy = field(info, 'maxmemory_policy') ?? 'unknown';
  if (policy === 'noeviction') return fine('redis memory', 'maxmemory-policy is noeviction');
  return warning(
    'redis memory',
    `maxmemory-policy is ${policy}: a full Redis would throw jobs away`,
    'Set `maxmemory-policy noeviction`. Nothing is lost meanwhile, only late: the outbox is in PostgreSQL.',
  );
}

/** Beyond its limit a Redis that evicts nothing refuses what would need room. */
function full(info: string): DoctorFinding[] {
  const [used, limit] = ['used_memory', 'maxmemory'].map((name) => Number(field(info, name) ?? 0));
  if (used === undefined || limit === undefined || limit === 0 || used < limit) return [];
  return [
    failure(
      'redis memory',
      `${used} of ${limit} bytes are in use: jobs are refused`,
      'Raise `maxmemory`. Nothing is lost: jobs wait in the outbox in PostgreSQL and go on by themselves.',
    ),
  ];
}

function field(info: string, name: string): string | null {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
}
