import { type Gunzip, createGunzip } from 'node:zlib';
import type { RequestPayload } from 'fastify';
import type { App } from './app.ts';
import { ProblemError } from './problem.ts';

/**
 * Reads gzip bodies in this scope. Fastify counts the bytes that come out of the stream against the route's
 * `bodyLimit` and stops listening at it, so a small body that unpacks to gigabytes costs no more than a large one.
 */
export function addGunzip(scope: App): void {
  scope.addHook('preParsing', (request, reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
    if (encoding === 'identity') {
      done(null, payload);
      return;
    }
    if (encoding !== 'gzip' && encoding !== 'x-gzip') {
      void reply.header('accept-encoding', 'gzip');
      done(
        new ProblemError('unsupported_media_type', {
          detail: `Content-Encoding "${encoding}" is not read here; gzip is.`,
        }),
      );
      return;
    }
    done(null, unpacked(payload));
  });
}

function unpacked(payload: RequestPayload): RequestPayload {
  const gunzip: Gunzip & RequestPayload = createGunzip();
  gunzip.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => {
    gunzip.receivedEncodedLength = (gunzip.receivedEncodedLength ?? 0) + chunk.length;
  });
  // `pipe` does not hand on errors: an upload that breaks off must end the reading too.
  payload.on('error', (error) => gunzip.destroy(error));
  payload.pipe(gunzip);
  return gunzip;
}
