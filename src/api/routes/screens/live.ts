import { PassThrough } from 'node:stream';
import { z } from 'zod';
import type { LiveEvent } from '../../../core/events/live-event.ts';
import type { ApiDeps } from '../../api-deps.ts';
import { type App, failures } from '../../app.ts';
import { ProblemError } from '../../problem.ts';

/** Each is a connection that stays; more people than these do not look at one process at once. */
const MOST_LISTENERS = 200;
/** What a reader has not taken yet; more, and it is cut off: it comes back and asks for everything. */
const MOST_WAITING_BYTES = 64 * 1024;
/** Below the idle timeout of the usual proxies. */
const BEAT_EVERY_MS = 20_000;
/** Then the browser comes back by itself, and its login is looked at again. */
const LONGEST_MS = 15 * 60_000;

const EXAMPLE = 'event: verdict\ndata: {"type":"verdict","model":"credit-risk","id":"26"}\n\n';

/** News as they are committed, as server-sent events. */
export function addLiveRoute(app: App, { live }: Pick<ApiDeps, 'live'>): void {
  const open = new Set<PassThrough>();
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });
  app.get(
    '/live',
    {
      config: { access: 'read' },
      handlerTimeout: LONGEST_MS,
      schema: {
        tags: ['live'],
        operationId: 'followLive',
        summary: 'What changes, as server-sent events',
        description:
          'Each event says what kind of thing changed (`window`, `verdict`, `alert`, `retrain`, `pipeline`), of which model ' +
          '(null: any), and its id (null: several). It is a hint to ask again, and is told once the change is committed. The ' +
          'stream ends after a quarter of an hour; whoever comes back should ask for everything anew.',
        response: {
          200: {
            description: 'Events.',
            content: {
              'text/event-stream': {
                schema: z
                  .any()
                  .describe('Events.')
                  .meta({ examples: [EXAMPLE] }),
              },
            },
          },
          ...failures,
        },
      },
    },
    async (request, reply) => {
      if (open.size >= MOST_LISTENERS) {
        throw new ProblemError('too_many_streams', {
          detail: `${MOST_LISTENERS} streams are open already.`,
          headers: { 'retry-after': '60' },
        });
      }
      const stream = new PassThrough();
      const write = (text: string): void => {
        if (stream.writableLength > MOST_WAITING_BYTES) stream.destroy();
        else if (stream.writable) stream.write(text);
      };
      const stopListening = live.listen((event: LiveEvent) => {
        write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      });
      open.add(stream);
      const beat = setInterval(() => write(': \n\n'), BEAT_EVERY_MS);
      const longest = setTimeout(() => stream.end(), LONGEST_MS);
      stream.once('close', () => {
        open.delete(stream);
        clearInterval(beat);
        clearTimeout(longest);
        stopListening();
      });
      request.raw.once('close', () => stream.destroy());
      write('retry: 2000\n\n');
      return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
    },
  );
}
