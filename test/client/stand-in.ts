/** A stand-in for the service that keeps what it was sent, and answers as it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { atEnd } from '../harness/cleanup.ts';

/** A status, one with headers, or null, which closes the connection. */
type StandInAnswer = number | readonly [number, Record<string, string>] | null;

export interface StandIn {
  readonly url: string;
  readonly batches: Record<string, unknown>[][];
  readonly keys: unknown[];
}

/** Its answers are given in turn, the last of them ever after. */
export async function startStandIn(...answers: StandInAnswer[]): Promise<StandIn> {
  const batches: Record<string, unknown>[][] = [];
  const keys: unknown[] = [];
  const server = createServer((request, response) => void take(request, response));
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = await buffer(request);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString();
    const events = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    batches.push(events);
    keys.push(request.headers['idempotency-key']);
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? (answers.length === 0 ? 202 : null);
    if (answer === null) return void request.socket.destroy();
    const [status, headers] = typeof answer === 'number' ? [answer, {}] : answer;
    const dead = events.flatMap(({ model }, index) =>
      model === 'unknown' ? [{ index, reason: 'unknown_model', detail: '' }] : [],
    );
    const counts = { late: 0, ignored: 0, duplicates: 0, dead_letters: dead };
    const said = { accepted: events.length - dead.length, ...counts };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(status === 202 ? said : { detail: `answered ${status}` }));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, batches, keys };
}
