/**
 * A service as others watch it: one trace from what a producer was doing to the mail, through Kafka, PostgreSQL and a mail
 * server, to a collector; every query of board and rules, answered by Prometheus.
 */
import { randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../harness/describe-with.ts';
import { startHttp, type TestHttp } from '../harness/http.ts';
import { produce } from '../harness/kafka/kafka.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import {
  alertRules,
  boardQueries,
  hasPrometheus,
  startPrometheus,
} from '../harness/prometheus/prometheus.ts';
import { until } from '../harness/wait.ts';
import { drawHour, MODEL } from './credit-data.ts';
import { type CreditLine, prepareCreditLine } from './credit-line.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
}
interface Span extends Ids {
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string; readonly intValue?: string };
  }[];
  readonly links: readonly Ids[];
  readonly status: { readonly code?: number };
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const newTrace = (): Ids => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
});
const header = ({ traceId, spanId }: Ids): string => `00-${traceId}-${spanId}-01`;

describeWith(['postgres', 'kafka'], 'traces', () => {
  let line: CreditLine;
  let collector: TestHttp;
  let serve: Program;
  const kafkaProducer = newTrace();
  const httpProducer = newTrace();

  const exports = (): Export[] =>
    collector.requests.filter(({ path }) => path === '/v1/traces').map((request) => request.json() as Export);
  const spans = (name?: string): Span[] =>
    exports()
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((each) => each.spans)
      .filter((span) => name === undefined || span.name === name);
  const spanWith = async (name: string, fits: (span: Span) => boolean): Promise<Span> =>
    await until(() => spans(name).find(fits) ?? null, { what: `a span ${name}`, everyMs: 250 });
  const said = ({ attributes }: Pick<Span, 'attributes'>, name: string): string | undefined => {
    const value = attributes.find(({ key }) => key === name)?.value;
    return value?.stringValue ?? value?.intValue;
  };

  beforeAll(async () => {
    collector = await startHttp();
    line = await prepareCreditLine('traces', { backend: 'postgres' });
    const made = await line.command('baseline', 'create', 'training.csv', '--model', MODEL, '--version', '1');
    expect(made.code).toBe(0);
    const hours = (['usual', 'thousandths', 'thousandths'] as const).map((kind, hour) =>
      drawHour(kind, hour, START_MS + hour * HOUR_MS),
    );
    const headers = { traceparent: header(kafkaProducer) };
    await produce(
      line.predictions,
      hours.flatMap(({ predictions }) => predictions.map((value) => ({ value, headers }))),
    );
    await produce(
      line.labels,
      hours.flatMap(({ labels }) => labels.map((value) => ({ value }))),
    );
    serve = startShiftwatch(['serve'], {
      folder: line.folder,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
        OTEL_SERVICE_NAME: 'watch',
      },
    });
    await serve.waitForLine(/shiftwatch is up/);
  });

  it('go from the batch, which links to its producer, into the checkpoint that stores it', async () => {
    const batch = await spanWith('ingest.batch', ({ links }) =>
      links.some(({ traceId }) => traceId === kafkaProducer.traceId),
    );
    expect(batch.links).toContainEqual(kafkaProducer);
    expect(said(batch, 'shiftwatch.source')).toBe(`kafka:${line.predictions}`);
    const checkpoint = await spanWith('checkpoint', ({ links }) =>
      links.some(({ spanId }) => spanId === batch.spanId),
    );
    expect(checkpoint.status.code ?? 0).toBe(0);
    expect(BigInt(checkpoint.endTimeUnixNano) > BigInt(checkpoint.startTimeUnixNano)).toBe(true);
  });

  it('go from the evaluation through the decision to the delivery of the mail', async () => {
    await line.smtp.waitForMail(({ parsed }) => /income/.test(parsed.text ?? ''), 120_000);
    const deliver = await spanWith(
      'deliver',
      (span) => said(span, 'shiftwatch.notification.kind') === 'firing',
    );
    expect([said(deliver, 'shiftwatch.channel'), said(deliver, 'shiftwatch.channel.type')]).toEqual([
      'oncall',
      'email',
    ]);
    const decide = await spanWith('decide', ({ spanId }) => spanId === deliver.parentSpanId);
    const evaluation = await spanWith('evaluate.window', ({ spanId }) => spanId === decide.parentSpanId);
    expect(new Set([deliver, decide, evaluation].map(({ traceId }) => traceId)).size).toBe(1);
    const windows = await line.items<{ id: string }>(`/windows?model=${MODEL}&limit=100`);
    expect(windows.map(({ id }) => id)).toContain(said(evaluation, 'shiftwatch.window.id'));
  });

  it('link what is posted to who posted it, and carry name and headers of the exporter', async () => {
    const posted = await fetch(`${line.apiUrl}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: header(httpProducer) },
      body: JSON.stringify({
        model: MODEL,
        model_version: '1',
        features: { applicant_age: 40 },
        prediction: 'default',
      }),
    });
    expect(posted.status).toBe(202);
    const batch = await spanWith('ingest.batch', ({ links }) =>
      links.some(({ traceId }) => traceId === httpProducer.traceId),
    );
    const checkpoint = await spanWith('checkpoint', ({ parentSpanId }) => parentSpanId === batch.spanId);
    expect(checkpoint.traceId).toBe(batch.traceId);
    const [first] = exports();
    expect(first?.resourceSpans[0]?.resource && said(first.resourceSpans[0].resource, 'service.name')).toBe(
      'watch',
    );
    expect(collector.requests.every(({ headers }) => headers['x-tenant'] === 'a b')).toBe(true);
    expect(new Set(spans().map(({ name }) => name))).toEqual(
      new Set(['ingest.batch', 'checkpoint', 'evaluate.window', 'decide', 'deliver']),
    );
  });

  it.skipIf(!hasPrometheus() && process.env['CI'] === undefined)(
    'are not all: Prometheus scrapes both pages, and every query of the board answers',
    async () => {
      const ask = await startPrometheus(line.apiUrl);
      await line.untilItems<{ state: string }>(
        `/windows?model=${MODEL}&limit=100`,
        (all) => all.filter(({ state }) => state === 'matured').length >= 3,
        'three windows to mature',
      );
      const silent = async (): Promise<string[]> => {
        const empty: string[] = [];
        for (const { title, expr } of boardQueries()) if ((await ask(expr)).length === 0) empty.push(title);
        return empty;
      };
      await until(async () => (await silent().catch(() => ['not up yet'])).length === 0 || null, {
        what: 'every panel to show something',
        everyMs: 2_000,
        timeoutMs: 120_000,
      }).catch(async () => expect(await silent()).toEqual([]));
      expect((await ask('up == 1')).length).toBe(2);
      const firing = [];
      for (const { title, expr } of alertRules()) if ((await ask(expr)).length > 0) firing.push(title);
      expect(firing).toEqual(expect.arrayContaining(['ShiftwatchIncidentFiring', 'ShiftwatchVerdict']));
      expect(firing).not.toContain('ShiftwatchDatabaseDown');
      expect(firing).not.toContain('ShiftwatchUnaccounted');
      const [kind] = await ask(`shiftwatch_verdict{model="${MODEL}"} == 1`);
      expect(kind?.metric['kind']).toBe('data_fault');
    },
  );

  it('are lost and counted while the collector is away, and nothing else is', async () => {
    await collector.stop();
    const lost = async (): Promise<number> =>
      Number(
        /^shiftwatch_trace_spans_lost_total (\d+)$/m.exec(
          await (await fetch(`${line.apiUrl}/metrics`)).text(),
        )?.[1],
      );
    const post = async (): Promise<number> =>
      (
        await fetch(`${line.apiUrl}/api/v1/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            model: MODEL,
            model_version: '1',
            features: { applicant_age: 40 },
            prediction: 'default',
          }),
        })
      ).status;
    expect(await post()).toBe(202);
    await until(async () => (await lost()) >= 2, { what: 'the loss to be counted', everyMs: 250 });
    expect(await post()).toBe(202);
    await serve.waitForLine(/spans are lost/);
    expect((await serve.stop()).code).toBe(0);
  });
});
