/** A schema registry that speaks Confluent's HTTP protocol, as far as consumers need it, and can be made to fail. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GivenSchema {
  readonly schema: string;
  readonly schemaType?: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly references?: readonly {
    readonly name: string;
    readonly subject: string;
    readonly version: number;
  }[];
}

export interface TestRegistry extends AsyncDisposable {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Set: every request is answered so. `hang` does not answer at all. */
  failure: number | 'hang' | 'html-404' | null;
  /** Expected in the Authorization header; null: none is looked at. */
  authorization: string | null;
  add(id: number, schema: GivenSchema): void;
  addSubject(subject: string, version: number, schema: GivenSchema): void;
  addGuid(guid: string, schema: GivenSchema): void;
}

const TYPE = 'application/vnd.schemaregistry.v1+json';

export async function startSchemaRegistry(): Promise<TestRegistry> {
  const schemas = new Map<string, GivenSchema>();
  const asked: string[] = [];
  const state: Pick<TestRegistry, 'failure' | 'authorization'> = { failure: null, authorization: null };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '');
    asked.push(path);
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': TYPE }).end(JSON.stringify(body));
    };
    if (state.failure === 'hang') return;
    if (state.failure === 'html-404') {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>');
      return;
    }
    if (state.failure !== null) {
      send(state.failure, { error_code: state.failure * 100, message: 'made to fail' });
      return;
    }
    if (state.authorization !== null && request.headers.authorization !== state.authorization) {
      send(401, { error_code: 40101, message: 'Unauthorized' });
      return;
    }
    const schema = schemas.get(path);
    if (schema === undefined) send(404, { error_code: 40403, message: 'Schema not found' });
    else send(200, schema);
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    asked,
    add: (id: number, schema: GivenSchema) => void schemas.set(`/schemas/ids/${id}`, schema),
    addSubject: (subject: string, version: number, schema: GivenSchema) =>
      void schemas.set(`/subjects/${subject}/versions/${version}`, schema),
    addGuid: (guid: string, schema: GivenSchema) => void schemas.set(`/schemas/guids/${guid}`, schema),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
