import { secretTexts } from '../../config/mask-secrets.ts';
import type { Config } from '../../config/resolve.ts';
import type { Clock } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { hideTexts } from '../../core/hide-texts.ts';
import type { Log } from '../../core/log.ts';
import { keptLine } from '../../words/kept.ts';
import { plural } from '../../words/page-format.ts';
import { findTaskChanges, sayTaskChange, TASK_CHANGE_FIX } from '../../store/windows/models.ts';
import { openDatabase } from '../../store/connection/open-database.ts';
import { createPool } from '../../store/connection/pool.ts';
import { keptHistory } from '../../store/read-models/kept-history.ts';
import { createReadModels } from '../../store/read-models.ts';
import { judgeDeliveries } from './delivery-troubles.ts';
import { judgeDuties } from './duty-troubles.ts';
import { judgeLine } from './line-troubles.ts';
import { judgeMail } from './mail-troubles.ts';
import { judgeDatabase } from './database-check.ts';
import { type DoctorFinding, failure, fine, warning } from './finding.ts';

export interface ExamineOptions {
  readonly config: Config;
  /** Of the embedded server. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For each thing that is asked over the network. */
  readonly deadlineMs: number;
}

/** Looks at everything the configuration names, all at once; answers in the order of the line. */
export async function examine(options: ExamineOptions): Promise<DoctorFinding[]> {
  const { config, deadlineMs } = options;
  const checks: Promise<DoctorFinding[]>[] = [examineDatabase(options)];
  if (config.kafka !== null) checks.push(examineKafka(config.kafka, options));
  if (config.queue.backend === 'redis') checks.push(examineRedis(config.queue.url, deadlineMs));
  checks.push(examineOutside(config, deadlineMs));
  const configuration = fine(
    'configuration',
    `${config.source.file} is valid, ${plural(config.models.length, 'model')}`,
  );
  const hide = hideTexts(secretTexts(config));
  const found = (await Promise.all(checks)).flat();
  return [configuration, ...found.map((finding) => ({ ...finding, detail: hide(finding.detail) }))];
}

async function examineDatabase({ config, directory, clock, log }: ExamineOptions): Promise<DoctorFinding[]> {
  const fix = 'Check `database`, and that PostgreSQL is running and lets this user in.';
  try {
    const database = await openDatabase({ url: config.databaseUrl, directory, log });
    const pool = createPool({
      connectionString: database.url,
      max: 2,
      applicationName: 'shiftwatch doctor',
      log,
    });
    try {
      const readModels = createReadModels(pool);
      const readiness = await readModels.readiness();
      if (readiness.database === 'unreachable') return [failure('database', readiness.detail ?? '', fix)];
      const askedMs = clock.nowMs();
      const facts = await readModels.serverFacts();
      // The server's answer was made about halfway between question and answer.
      const findings = judgeDatabase(facts, readiness, (askedMs + clock.nowMs()) / 2);
      if (readiness.migrations !== 'current') return findings;
      const changes = await findTaskChanges(pool, config.models);
      const line = await readModels.pipelineFacts();
      const nowMs = clock.nowMs();
      return [
        ...findings,
        ...changes.map((change) => failure(`model ${change.model}`, sayTaskChange(change), TASK_CHANGE_FIX)),
        ...judgeLine(line, nowMs),
        ...judgeDuties(line, nowMs),
        ...judgeDeliveries(line, nowMs),
        ...judgeMail(line, config.channels, nowMs),
        fine(
          'history',
          keptLine(await keptHistory(pool, config.history.retention), nowMs).replace('History: ', ''),
        ),
      ];
    } finally {
      await pool.end();
      await database.close();
    }
  } catch (error) {
    return [failure('database', errorMessage(error), fix)];
  }
}

async function examineKafka(
  kafka: NonNullable<Config['kafka']>,
  { log, deadlineMs }: ExamineOptions,
): Promise<DoctorFinding[]> {
  const { checkKafka } = await import('./kafka-check.ts');
  const { kafkaSecurity } = await import('../../ingest/kafka/from-config.ts');
  const { brokers, clientId } = kafka;
  return checkKafka(kafka, { brokers, clientId, ...kafkaSecurity(kafka), log }, deadlineMs);
}

async function examineRedis(url: string, deadlineMs: number): Promise<DoctorFinding[]> {
  const { checkRedis } = await import('./redis-check.ts');
  return checkRedis(url, deadlineMs);
}

async function examineOutside(config: Config, deadlineMs: number): Promise<DoctorFinding[]> {
  const { checkSmtp, checkWebhook } = await import('./outside-checks.ts');
  const webhooks = [...config.webhooks].map(([name, webhook]) => checkWebhook(name, webhook, deadlineMs));
  const mail =
    config.smtp === null
      ? warning(
          'smtp',
          'is not configured: alerts are stored, but nobody gets a mail',
          'Add `smtp` and a channel of type email.',
        )
      : await checkSmtp(config.smtp, deadlineMs);
  return [mail, ...(await Promise.all(webhooks))];
}
