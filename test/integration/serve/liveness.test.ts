/** A consumer that has stopped for good shows where an orchestrator looks. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { startLine } from '../../../src/pipeline.ts';
import { Started } from '../../../src/pipeline/serve/started.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { createTopic, holdGroupWithAnotherProtocol, uniqueGroup } from '../../harness/kafka/kafka.ts';
import { addressOf } from '../../harness/services.ts';
import { until } from '../../harness/wait.ts';

describeWith(['postgres', 'kafka'], 'liveness', () => {
  it('ends with the consumer: 503 with the reason, and a failure for the process to end with', async () => {
    const topic = await createTopic('liveness');
    const group = uniqueGroup('liveness');
    await holdGroupWithAnotherProtocol(group, topic);
    const { url } = await createDatabase('liveness');
    const pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const config = await configOf(`
api: { listen: "127.0.0.1:${await freePort()}" }
kafka: { brokers: "${addressOf('kafka')}", group_id: "${group}", topics: { predictions: ["${topic}"] } }
models: [{ name: m, task: regression }]`);
    const started = new Started(silentLog);
    atEnd(() => started.stop());
    const line = await startLine(
      {
        config,
        roles: new Set(['ingest', 'api']),
        databaseUrl: url,
        pool,
        clock: systemClock,
        log: silentLog,
      },
      started,
    );
    const failure = await until(() => line.failure(), { what: 'the end to be noticed' });
    expect(failure).toContain('the Kafka consumer stopped for good');
    const live = await fetch(`${line.apiUrl}/health/live`);
    expect(live.status).toBe(503);
    expect(await live.json()).toEqual({ alive: false, reason: failure });
    // The database answers, and events are still taken: only the log is not read.
    expect((await fetch(`${line.apiUrl}/health/ready`)).status).toBe(200);
  });
});
