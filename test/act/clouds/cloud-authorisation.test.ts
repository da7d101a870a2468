/** SageMaker and Vertex AI without a bridge: from the configuration to the request, and nothing of the keys anywhere else. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retrainCall } from '../../../src/act/retrain/retrain-call.ts';
import { trialRequest } from '../../../src/act/trial.ts';
import { createAddressGuard } from '../../../src/act/webhook/address-guard.ts';
import { postWebhook } from '../../../src/act/webhook/post-webhook.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { maskSecrets, secretTexts } from '../../../src/config/mask-secrets.ts';
import { hideNothing } from '../../../src/core/hide-texts.ts';

const AT = Date.UTC(2026, 2, 1, 3);
const HOUR_MS = 3_600_000;
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}
const asked: Asked[] = [];
let given = 0;
let refuses = false;
let server: Server;
let url: string;

function isSigned(assertion: string): boolean {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  return verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), createPublicKey(publicKey), bytes);
}

/** Google's token address, which checks what it is shown, and a target that repeats what it is sent. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  const path = request.url ?? '';
  asked.push({ path, headers: request.headers, body });
  if (path !== '/token') {
    const isKnown = request.headers.authorization === `Bearer token-number-${given}`;
    const isRefused = path.includes('pipelineJobs') && (refuses || !isKnown);
    response.writeHead(isRefused ? 401 : 200).end(JSON.stringify(request.headers));
  } else if (isSigned(new URLSearchParams(body).get('assertion') ?? '')) {
    given += 1;
    response.end(JSON.stringify({ access_token: `token-number-${given}`, expires_in: 3_600 }));
  } else response.writeHead(400).end('{"error":"invalid_grant"}');
}

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function configured(webhook: object, keyFile = '{}') {
  const read: string[] = [];
  const parsed = await parseConfig(
    JSON.stringify({ models: [{ name: 'm', task: 'classification' }], webhooks: { train: webhook } }),
    {
      file: '/etc/shiftwatch/shiftwatch.yaml',
      env: {},
      readFile: async (path) => {
        read.push(path);
        return keyFile;
      },
    },
  );
  return { parsed, read };
}

async function sent(webhook: object, atMs: number, keyFile?: string) {
  const { parsed } = await configured(webhook, keyFile);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const train = parsed.value.webhooks.get('train')!;
  const deliveryId = '5f0c7a1e-8d2b-4c3a-b6e5-f4d3c2b1a090';
  const call = retrainCall(trialRequest('train', deliveryId, AT), train, {
    deliveryId,
    atMs,
    publicUrl: null,
  });
  if (!call.ok) throw new Error(call.error);
  return await postWebhook(call.value, {
    nowMs: atMs,
    signal: new AbortController().signal,
    guard: createAddressGuard(['127.0.0.1']),
    hide: hideNothing,
  });
}

const keyFile = (key = privateKey): string =>
  JSON.stringify({
    type: 'service_account',
    client_email: 'sw@acme.iam.gserviceaccount.com',
    private_key_id: 'key-one',
    private_key: key,
    token_uri: `${url}/token`,
  });
const vertex = () => ({
  preset: 'vertex',
  url: `${url}/v1/projects/acme/locations/europe-west1/pipelineJobs`,
  params: { template_uri: 'gs://a/t.yaml', gcs_output_directory: 'gs://a/out' },
  google: { credentials: { file: 'key.json' } },
});

describe('a webhook of preset vertex with a key', () => {
  it('fetches a token by a signed JWT, and uses it until it ends', async () => {
    const first = await sent(vertex(), AT, keyFile());
    expect(first).toMatchObject({ outcome: 'sent', status: 200 });
    // What the receiver repeats is kept for people to read: without the token.
    expect(first.detail).toContain('Bearer ***');
    const [, claims = ''] = new URLSearchParams(asked[0]?.body).get('assertion')?.split('.') ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: 'sw@acme.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: `${url}/token`,
      iat: AT / 1_000,
      exp: AT / 1_000 + 3_600,
    });
    expect(await sent(vertex(), AT + HOUR_MS - 61_000, keyFile())).toMatchObject({ outcome: 'sent' });
    expect(given).toBe(1);
    expect(await sent(vertex(), AT + HOUR_MS - 59_000, keyFile())).toMatchObject({ outcome: 'sent' });
    expect(given).toBe(2);
  });

  it('asks for another token after one that was not known', async () => {
    refuses = true;
    expect(await sent(vertex(), AT + HOUR_MS, keyFile())).toMatchObject({
      outcome: 'http_status',
      status: 401,
    });
    refuses = false;
    const before = given;
    expect(await sent(vertex(), AT + HOUR_MS, keyFile())).toMatchObject({ outcome: 'sent' });
    expect(given).toBe(before + 1);
  });

  it('says why it has none, and nothing of the key', async () => {
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey;
    const why = async (key: string) => (await sent(vertex(), AT, keyFile(key))).detail;
    expect(await why(other)).toBe('no token for the service account: HTTP 400 (invalid_grant)');
    expect(await why('-----BEGIN secret')).toBe('the private_key of the service account is no key in PEM');
  });

  it('reads the file beside the configuration, and shows nothing of it', async () => {
    const { parsed, read } = await configured(vertex(), keyFile());
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    expect(read).toEqual(['/etc/shiftwatch/key.json']);
    expect(secretTexts(parsed.value)).toEqual(expect.arrayContaining([privateKey, 'key-one', keyFile()]));
    expect(maskSecrets(parsed.value).webhooks['train']).toMatchObject({
      google: { credentials: { file: '***' } },
    });
  });

  it.each([
    ['a file that is no key', vertex, "expected the path of a service account's key file"],
    [
      'another preset',
      () => ({ ...vertex(), preset: 'airflow', params: {} }),
      'has no meaning with preset airflow',
    ],
  ])('is refused with %s', async (_, webhook, message) => {
    const { parsed } = await configured(webhook(), message.startsWith('expected') ? '{}' : keyFile());
    expect(JSON.stringify(parsed)).toContain(message);
  });
});

it('a webhook of preset sagemaker with keys is sent in the protocol of AWS, and signed', async () => {
  const aws = {
    region: 'eu-central-1',
    access_key_id: 'AKIDEXAMPLE',
    secret_access_key: 'never-to-be-seen',
    session_token: 'lent',
  };
  const webhook = { preset: 'sagemaker', url: `${url}/`, params: { pipeline_name: 'retrain' }, aws };
  expect(await sent(webhook, AT)).toMatchObject({ outcome: 'sent' });
  const { headers, body } = asked.at(-1)!;
  expect(headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'SageMaker.StartPipelineExecution',
    'x-amz-date': '20260301T030000Z',
    'x-amz-security-token': 'lent',
  });
  expect(headers['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260301\/eu-central-1\/sagemaker\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
  );
  expect(JSON.parse(body)).toMatchObject({ PipelineName: 'retrain' });
  expect(JSON.stringify(asked)).not.toContain('never-to-be-seen');
  const { parsed } = await configured(webhook);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  expect(maskSecrets(parsed.value).webhooks['train']).toMatchObject({
    aws: { region: 'eu-central-1', access_key_id: '***', secret_access_key: '***', session_token: '***' },
  });
});
