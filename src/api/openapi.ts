import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { App } from './app.ts';
import { plainDocument } from './plain-document.ts';

const TAGS = [
  { name: 'events', description: 'Logging predictions, features and labels over HTTP.' },
  { name: 'models', description: 'Models, their versions and training baselines.' },
  { name: 'windows', description: 'Stretches of event time, and what was measured in them.' },
  { name: 'verdicts', description: 'What kind of shift a window shows.' },
  { name: 'alerts', description: 'Incidents over consecutive windows.' },
  { name: 'retrains', description: 'Runs asked of training pipelines.' },
  { name: 'deliveries', description: 'Mails and posts, each to one target, with their attempts.' },
  { name: 'dead letters', description: 'Records that could not be read.' },
  { name: 'audit', description: 'Who changed what, when, and who was refused.' },
  { name: 'session', description: 'Signing in by a browser.' },
  { name: 'health', description: 'For orchestrators.' },
];

/** Has to be added before the routes it is to describe. */
export function addOpenApi(app: App, version: string): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'shiftwatch',
        version,
        description: 'Watches machine-learning models in production and names the kind of shift.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'Where this document was got.' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'From `shiftwatch token create`.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'shiftwatch_session',
            description: 'From `POST /session`.',
          },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => plainDocument(jsonSchemaTransformObject(document)),
  });
}

/** The document itself is a route of the API, behind the same token. */
export function addOpenApiRoute(app: App): void {
  app.get('/openapi.json', { config: { access: 'read' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').send(JSON.stringify(app.swagger())),
  );
}
