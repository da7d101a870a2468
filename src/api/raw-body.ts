import { validatorCompiler } from 'fastify-type-provider-zod';
import type { FastifySchemaCompiler } from 'fastify';
import type { $ZodType } from 'zod/v4/core';
import type { App } from './app.ts';

/** Inside this scope bodies of these types stay bytes; every other type is answered with 415. */
export function unparsedBody(scope: App, mediaTypes: readonly string[]): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser([...mediaTypes], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

/** For routes whose body schema is documentation: the bytes are read elsewhere, where each event is judged apart. */
export const bodyAsDocumented: FastifySchemaCompiler<$ZodType> = (route) =>
  route.httpPart === 'body' ? (data: unknown) => ({ value: data }) : validatorCompiler(route);

export function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
