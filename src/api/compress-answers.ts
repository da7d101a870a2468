import type { FastifyInstance } from 'fastify';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const zip = promisify(gzip);

/** Below this an answer fits into a packet anyway. */
const WORTH_COMPRESSING_CHARACTERS = 1_024;
/** Tables of numbers become a tenth with it; a higher level takes three times the time for a twentieth less. */
const LEVEL = 4;

/** Compresses texts that were put together here, in a thread of Node's own; streams go out as they are. */
export function addCompression(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < WORTH_COMPRESSING_CHARACTERS) return payload;
    if (reply.hasHeader('content-encoding')) return payload;
    const vary = reply.getHeader('vary');
    void reply.header('vary', vary === undefined ? 'accept-encoding' : [vary, 'accept-encoding'].join(', '));
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return payload;
    void reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return await zip(payload, { level: LEVEL });
  });
}
