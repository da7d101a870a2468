import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

export interface RetrainCall {
  readonly runId: string;
  readonly reason: string;
  readonly summary: string;
  readonly signatureValid: boolean;
}

export interface TrainingPipeline {
  readonly url: string;
  readonly secret: string;
  calls(): readonly RetrainCall[];
  close(): Promise<void>;
}

interface RetrainBody {
  readonly data: { readonly run_id: string; readonly reason: string; readonly summary: string };
}

/**
 * Plays the training pipeline: takes the retrain webhook, checks its signature, and reports back with a signed
 * callback that the new version is ready. It trains nothing.
 */
export async function startTrainingPipeline(
  callbackUrl: (runId: string) => string,
): Promise<TrainingPipeline> {
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const webhook = new Webhook(secret);
  const calls: RetrainCall[] = [];
  const reports = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const signatureValid = isSigned(webhook, text, request.headers);
      response.writeHead(signatureValid ? 202 : 401).end();
      if (!signatureValid) return;
      const { data } = JSON.parse(text) as RetrainBody;
      calls.push({ runId: data.run_id, reason: data.reason, summary: data.summary, signatureValid });
      const report = reportSuccess(webhook, callbackUrl(data.run_id)).catch(() => undefined);
      reports.add(report);
      void report.finally(() => reports.delete(report));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/retrain`,
    secret,
    calls: () => calls,
    close: async () => {
      await Promise.all(reports);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isSigned(webhook: Webhook, text: string, headers: NodeJS.Dict<string | string[]>): boolean {
  try {
    webhook.verify(text, {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    });
    return true;
  } catch {
    return false;
  }
}

/** A curve as of gradient boosting: accuracy by the number of trees, with the time and the energy they took. */
const CURVE = [0.71, 0.78, 0.82, 0.845, 0.86, 0.868, 0.872].map((value, at) => ({
  metric: 'accuracy',
  value,
  step: 50 * (at + 1),
  elapsed_s: 9 * (at + 1),
  energy_j: 640 * (at + 1) + 25 * at ** 2,
}));

async function reportSuccess(webhook: Webhook, url: string): Promise<void> {
  const reports = [
    ...CURVE.map((progress) => ({ status: 'running', progress })),
    { status: 'succeeded', new_version: '2' },
  ];
  for (const body of reports) {
    const text = JSON.stringify(body);
    const id = `msg_${randomBytes(12).toString('hex')}`;
    const at = new Date();
    await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': webhook.sign(id, at, text),
      },
      body: text,
    });
  }
}
