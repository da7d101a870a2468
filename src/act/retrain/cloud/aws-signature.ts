import { createHash, createHmac } from 'node:crypto';
import type { Authorise } from '../../webhook/authorise.ts';

export interface AwsKeys {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that are lent for a while. */
  readonly sessionToken: string | null;
}

interface SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers that sign a request by AWS Signature Version 4, for any service but S3. Signed are the host, the type of the
 * body, and all headers of AWS. Source: AWS, "Create a signed AWS API request". Cost: seven hashes.
 */
export function awsSignature(
  { method, url, headers, body }: SignedRequest,
  keys: AwsKeys,
  service: string,
  atMs: number,
): Record<string, string> {
  const time = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const own: Record<string, string> = {
    'x-amz-date': time,
    ...(keys.sessionToken !== null && { 'x-amz-security-token': keys.sessionToken }),
  };
  const signed = Object.entries({ host: url.host, ...headers, ...own })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/ +/g, ' ')] as const)
    .filter(([name]) => name === 'host' || name === 'content-type' || name.startsWith('x-amz-'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    method,
    url.pathname.split('/').map(encoded).join('/'),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .toSorted()
      .join('&'),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${keys.region}/${service}/aws4_request`;
  const key = [day, keys.region, service, 'aws4_request'].reduce<Buffer>(
    (made, part) => hmac(made, part),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  );
  const signature = hmac(key, [ALGORITHM, time, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `${ALGORITHM} Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...own, authorization };
}

/** Signs what is sent to SageMaker. */
export function signedForAws(keys: AwsKeys): Authorise {
  return async ({ url, headers, body }, { nowMs }) => ({
    headers: awsSignature({ method: 'POST', url, headers, body }, keys, 'sagemaker', nowMs),
    hide: (text) => text,
  });
}

/** As RFC 3986 has it, a path that is encoded already once more. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
