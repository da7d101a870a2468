import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Authority, createAuthority } from '../certificates.ts';
import { atEnd } from '../cleanup.ts';
import { freePorts } from '../free-port.ts';
import { properties, startBrokerWith } from '../providers/kafka.ts';
import { TestRun } from '../test-run.ts';

/** Who may log in, and how. */
export const LOGIN = { username: 'shiftwatch', password: 'open sesame' };

export interface SecureKafka {
  /** `host:port` of a listener each. `plain` is open to everybody. */
  readonly listeners: Readonly<Record<'plain' | 'tls' | 'mtls' | 'sasl' | 'saslTls', string>>;
  /** Signed the brokers; signs clients. */
  readonly authority: Authority;
  /** An authority that nobody here knows. */
  readonly stranger: Authority;
  readonly folder: string;
}

const JAAS = 'org.apache.kafka.common.security';
const MECHANISMS = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER';

/**
 * A broker of its own with every kind of listener: TLS, TLS that wants a client certificate, and logins by PLAIN,
 * SCRAM and OAUTHBEARER, each with and without TLS. Tokens are checked by Kafka's handler for unsigned ones. Rights can
 * be taken away by ACLs.
 */
export async function startSecureKafka(): Promise<SecureKafka> {
  const jars = inject('kafkaJars');
  if (jars === null) throw new Error('a broker with logins is started here, with Java');
  const run = new TestRun();
  atEnd(() => run.end());
  const authority = createAuthority(run.folder, 'authority');
  const stranger = createAuthority(run.folder, 'stranger');
  const broker = authority.issue('broker', ['IP:127.0.0.1']);
  const keystore = join(run.folder, 'broker-keystore.pem');
  writeFileSync(keystore, broker.key + broker.cert);

  const [plain = 0, tls = 0, mtls = 0, sasl = 0, saslTls = 0, controller = 0] = await freePorts(6);
  const names = { PLAIN: plain, TLS: tls, MTLS: mtls, LOGIN: sasl, LOGINTLS: saslTls };
  const addresses = Object.entries(names).map(([name, port]) => `${name}://127.0.0.1:${port}`);
  await startBrokerWith(run, jars, properties(plain, controller, join(run.folder, 'kafka')), {
    properties: {
      listeners: [...addresses, `CONTROLLER://127.0.0.1:${controller}`].join(','),
      'advertised.listeners': addresses.join(','),
      'inter.broker.listener.name': 'PLAIN',
      'listener.security.protocol.map':
        'PLAIN:PLAINTEXT,TLS:SSL,MTLS:SSL,LOGIN:SASL_PLAINTEXT,LOGINTLS:SASL_SSL,CONTROLLER:PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keystore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': authority.caFile,
      'listener.name.mtls.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': MECHANISMS,
      // Everybody may do everything until a rule says otherwise; who comes without a login may write the rules.
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'true',
      'super.users': 'User:ANONYMOUS',
      ...logins('login'),
      ...logins('logintls'),
    },
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${LOGIN.username},password=${LOGIN.password}]`,
    ]),
  });
  const at = (port: number): string => `127.0.0.1:${port}`;
  return {
    listeners: { plain: at(plain), tls: at(tls), mtls: at(mtls), sasl: at(sasl), saslTls: at(saslTls) },
    authority,
    stranger,
    folder: run.folder,
  };
}

function logins(listener: string): Record<string, string> {
  const of = (mechanism: string): string => `listener.name.${listener}.${mechanism}.sasl.jaas.config`;
  const plain = `${JAAS}.plain.PlainLoginModule required user_${LOGIN.username}="${LOGIN.password}";`;
  const scram = `${JAAS}.scram.ScramLoginModule required;`;
  const oauth = `${JAAS}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`;
  return {
    [`listener.name.${listener}.sasl.enabled.mechanisms`]: MECHANISMS,
    [of('plain')]: plain,
    [of('scram-sha-256')]: scram,
    [of('scram-sha-512')]: scram,
    [of('oauthbearer')]: oauth,
  };
}
