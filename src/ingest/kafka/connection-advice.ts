import { errorMessage } from '../../core/errors.ts';
import type { KafkaConnection } from './kafka-options.ts';

export interface ConnectionAdvice {
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** The setting to look at. */
  readonly fix: string;
}

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
const ELSEWHERE = 'Check `kafka.brokers`, and that the brokers advertise an address reachable from here.';

/**
 * What a failure to connect means, and which setting mends it. Brokers say little: one that expects TLS or a login
 * just hangs up. So what is configured counts as evidence too.
 */
export function connectionAdvice(
  error: unknown,
  { ssl, sasl }: Pick<KafkaConnection, 'ssl' | 'sasl'>,
): ConnectionAdvice {
  const cause = rootCause(error);
  const { code } = cause;
  const usesTls = ssl !== undefined && ssl !== false;
  if (UNKNOWN_AUTHORITY.has(code)) {
    return {
      message: 'the brokers’ certificate is not signed by an authority known here',
      fix: 'Set `kafka.ssl.ca` to the PEM of the authority that signed it.',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      message: `the brokers’ certificate is for another name: ${cause.message}`,
      fix: 'Use the name in the certificate in `kafka.brokers`, or set `kafka.ssl.server_name` to it.',
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return {
      message: 'the brokers’ certificate is out of date',
      fix: 'Renew it, or set the clock of this machine.',
    };
  }
  if (/alert (bad certificate|certificate|unknown ca|handshake failure)/i.test(cause.message)) {
    return {
      message: 'the brokers refuse the client certificate, or miss one',
      fix: 'Set `kafka.ssl.cert` and `kafka.ssl.key` to a certificate of an authority the brokers trust.',
    };
  }
  if (/authorization failed/i.test(cause.message)) {
    return {
      message: cause.message,
      fix: 'Allow shiftwatch to read and describe its topics, and to read its consumer group (`kafka.group_id`).',
    };
  }
  if (cause.name === 'KafkaJSSASLAuthenticationError') return refusedLogin(cause.message, sasl);
  if (
    /current SASL state|does not (support|enable) the requested SASL|UNSUPPORTED_SASL/i.test(cause.message)
  ) {
    return {
      message: `the brokers do not take a login by ${sasl?.mechanism ?? 'SASL'} at this port`,
      fix: 'Set `kafka.sasl.mechanism` to one they offer, name the port that takes logins, or drop `kafka.sasl`.',
    };
  }
  return hungUp(cause, usesTls, sasl !== undefined);
}

function refusedLogin(said: string, sasl: KafkaConnection['sasl']): ConnectionAdvice {
  if (sasl?.mechanism === 'oauthbearer') {
    return {
      message: `the brokers refuse the token: ${said}`,
      fix: 'Check issuer, audience and scope of the token in `kafka.sasl` against what the brokers expect.',
    };
  }
  return {
    message: `the brokers refuse the login of ${sasl?.username ?? 'this user'}: ${said}`,
    fix: 'Check `kafka.sasl.username` and `kafka.sasl.password`, and that the user exists for this mechanism.',
  };
}

function hungUp(cause: Cause, usesTls: boolean, hasLogin: boolean): ConnectionAdvice {
  const closed = cause.name === 'KafkaJSConnectionClosedError' || cause.code === 'ECONNRESET';
  const noTls = /before secure TLS connection|wrong version number|packet length too long/i.test(
    cause.message,
  );
  if (usesTls && noTls) {
    return {
      message: 'the brokers do not speak TLS at this port',
      fix: 'Name their TLS port in `kafka.brokers`, or drop `kafka.ssl`.',
    };
  }
  if (closed && !usesTls) {
    const login = hasLogin ? '' : ', or a login (`kafka.sasl`)';
    return {
      message: 'the brokers hang up at once',
      fix: `They may expect TLS at this port (\`kafka.ssl: true\`)${login}.`,
    };
  }
  return { message: cause.message, fix: ELSEWHERE };
}

interface Cause {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

/** kafkajs wraps the failure that counts into one about retries. */
function rootCause(error: unknown): Cause {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  const code = innermost instanceof Error && 'code' in innermost ? innermost.code : undefined;
  return {
    name: innermost instanceof Error ? innermost.name : '',
    message: errorMessage(innermost)
      .replace(/^Connection error: /, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    code: typeof code === 'string' ? code : '',
  };
}
